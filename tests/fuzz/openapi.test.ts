import { connect } from 'node:net';
import { errors, type Route, type RouteName, routes, strict, type TSchema } from '@parley/contract';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../apps/server/src/testing/app.ts';
import { request } from '../../apps/server/src/testing/people.ts';
import type { Schema } from './arbitraries.ts';
import { type Operation, type RawAnswer, type RawRequest, requestsOf, sendRaw, stopSending } from './requests.ts';
import { runs, seed } from './seed.ts';
import { buildWorld } from './world.ts';

interface Document {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components: { schemas: Record<string, Schema> };
}

let app: TestApp;
let document: Document;
beforeAll(async () => {
  app = await startApp();
  document = (await (await fetch(`${app.url}/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  stopSending();
  await app.close();
});

const operationOf = (name: string): Operation => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === name) return { ...operation, method, path };
    }
  }
  throw new Error(`${name} is not in the document`);
};

/** An error is always a problem with a code of the table, never of the server's making; a success is as the contract says. */
function judge(name: string, { status, type, text }: RawAnswer): void {
  const readiness = name === 'health.ready' && status === 503 && type.startsWith('application/json');
  // An answer to HEAD has no body.
  if (routes[name as RouteName].method === 'HEAD') expect(status).toBeLessThan(500);
  else if (status < 400 || readiness) judgeSuccess(name, status, text);
  else judgeProblem({ status, type, text });
}

function judgeProblem({ status, type, text }: RawAnswer): void {
  expect(status, text).toBeLessThan(500);
  expect(type).toContain('application/problem+json');
  const { code, status: told } = JSON.parse(text) as { code: keyof typeof errors; status: number };
  expect(told).toBe(status);
  expect(errors[code]?.status, code).toBe(status);
}

function judgeSuccess(name: string, status: number, text: string): void {
  const { responses } = routes[name as RouteName] as Route;
  expect(Object.keys(responses)).toContain(String(status));
  const schema = responses[status];
  if (schema && name !== 'metrics') expect([...validatorOf(name, status, schema).Errors(JSON.parse(text))]).toEqual([]);
}

const validators = new Map<string, ReturnType<typeof Compile>>();
function validatorOf(name: string, status: number, schema: TSchema) {
  const key = `${name} ${status}`;
  const known = validators.get(key) ?? Compile(strict(schema));
  validators.set(key, known);
  return known;
}

const isAlive = async (): Promise<boolean> => (await request(app.url, 'GET', '/health')).status === 200;

describe.each(Object.keys(routes))('%s', (name) => {
  test.for(['signed in', 'as nobody'])('any request, %s', async (who) => {
    const world = await buildWorld(app.url);
    const known = { schemas: document.components.schemas, ids: world.ids };
    const requests = requestsOf(operationOf(name), known, who === 'signed in' ? world.person.token : undefined);
    const property = fc.asyncProperty(requests, async (raw: RawRequest) => judge(name, await sendRaw(app.url, raw)));
    await fc.assert(property, { seed, numRuns: who === 'signed in' ? runs : Math.ceil(runs / 4) });
    expect(await isAlive()).toBe(true);
  });
});

test('a body that is larger than it may be', async () => {
  const { person, chatId } = await buildWorld(app.url);
  const body = JSON.stringify({ content: 'x'.repeat(1_100_000) });
  const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' };
  const answer = await sendRaw(app.url, { method: 'POST', target: `/v1/chats/${chatId}/messages`, headers, body });
  expect(answer.status).toBe(413);
  judge('messages.send', answer);
});

test('a body as deep as it may be long', async () => {
  const { person, chatId } = await buildWorld(app.url);
  const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' };
  for (const deep of ['['.repeat(400_000) + ']'.repeat(400_000), `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`]) {
    const body = `{"content":"x","extra":${deep}}`;
    judge(
      'messages.send',
      await sendRaw(app.url, { method: 'POST', target: `/v1/chats/${chatId}/messages`, headers, body }),
    );
  }
});

test('headers that are larger than they may be', async () => {
  const headers = { cookie: 'x'.repeat(40_000) };
  const answer = await sendRaw(app.url, { method: 'GET', target: '/v1/health', headers, body: undefined });
  expect(answer.status).toBe(413);
  judge('health', answer);
});

test('bytes that are no HTTP', async () => {
  const port = Number(new URL(app.url).port);
  const garbage = [
    'GET / HTTP/9.9\r\n\r\n',
    'NOT HTTP\r\n\r\n',
    'GET /v1/health HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n',
    'POST /v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nx',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
    'GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n\r\n',
    'GET /elsewhere HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]),
  ];
  for (const bytes of garbage) await poke(port, bytes);
  expect(await isAlive()).toBe(true);
});

/** Sends, hears the answer out or hangs up. */
function poke(port: number, bytes: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(300, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.on('close', () => resolve());
  });
}
