import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisCluster, startRedisServer } from '@parley/realtime/testing';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { makeGroup, signUp } from '../support/people.ts';
import { connectSocketIO } from '../support/socketio.ts';
import { liveMs, until } from '../support/until.ts';
import { openSignedIn } from '../support/wscat.ts';
import { startInstances } from './stage.ts';

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

interface Kind {
  redisUrl: string;
  env?: Record<string, string>;
}

async function cluster(): Promise<Kind> {
  const servers = await startRedisCluster();
  closing.push(() => servers.stop());
  return { redisUrl: `redis://127.0.0.1:${servers.port}` };
}

/** A Redis with a password that is reached by TLS only with a certificate that its clients were told to trust. */
async function encrypted(): Promise<Kind> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const request = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ];
  execFileSync('openssl', request, { stdio: 'ignore' });
  const port = await findFreePort();
  const user = ['--user', 'parley', 'on', '>pa$$word', '~*', '&*', '+@all'];
  const tls = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
  const server = await startRedisServer([...tls, '--tls-auth-clients', 'no', ...user]);
  closing.push(() => server.stop());
  const redisUrl = `rediss://parley:${encodeURIComponent('pa$$word')}@127.0.0.1:${port}`;
  return { redisUrl, env: { NODE_EXTRA_CA_CERTS: cert } };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each([
  ['a cluster of three', cluster],
  ['TLS, a name and a password', encrypted],
])('over %s', (_name, start) => {
  test('two instances share messages, presence, rooms and limits', async () => {
    const kind = await start();
    const env = { RATE_LIMITS: 'on', ...kind.env };
    const stage = await startInstances({ postgresUrl: inject('postgresUrl'), redisUrl: kind.redisUrl, env });
    closing.push(() => stage.close());
    const [near, far] = stage.servers.map(({ url }) => url) as [string, string];
    const [ann, bob] = [await signUp(near), await signUp(far)];
    const chat = await makeGroup(ann, [bob]);

    const socket = await openSignedIn(far, bob.tokens.access_token);
    const room = await connectSocketIO(far, bob.tokens.access_token);
    expect(await room.ask('room:join', { chatId: chat.id })).toMatchObject({ ok: true });
    const came = await openSignedIn(near, ann.tokens.access_token);
    await socket.wait(
      (frame) => frame.type === 'presence' && frame.userId === ann.id && frame.state === 'online',
      'ann',
    );
    await ann.http.call('messages.send', { params: { chatId: chat.id }, body: { content: 'hello' } });
    await socket.wait(({ type }) => type === 'message', 'the message', liveMs);
    await until(() => room.heard('message.new').length === 1, 'the room hears it');
    came.close();
    await socket.wait((frame) => frame.type === 'presence' && frame.state === 'offline', 'ann goes', 10_000);

    const talkers = await Promise.all([near, far].map((url) => connectSocketIO(url, ann.tokens.access_token)));
    const send = (_: unknown, count: number) =>
      talkers[count % 2]!.ask('message:send', { chatId: chat.id, clientId: `c${count}`, body: 'again' });
    const answers = await Promise.all(Array.from({ length: 12 }, send));
    // Ten at once are let through; an instance that counted alone would have seen six.
    expect(answers.map(({ error }) => error)).toContain('RATE_LIMITED');
    for (const one of [socket, room, ...talkers]) one.close();
  });
});
