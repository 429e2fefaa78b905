import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseSlowBodies } from './slow-bodies.ts';

let server: FastifyInstance;
let port: number;
beforeAll(async () => {
  server = Fastify();
  refuseSlowBodies(server, { bodyMs: 200, idleMs: 400, restMs: 200 });
  server.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));
  server.post('/json', async () => 'json');
  server.post('/upload', { config: { isUpload: true } }, async ({ raw }) => {
    let size = 0;
    for await (const bytes of raw) size += (bytes as Buffer).length;
    return `${size} bytes`;
  });
  server.post('/refused', { config: { isUpload: true } }, async (_request, reply) => reply.code(413).send('no'));
  port = Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => server.close());

/** Sends a byte every 100 ms, `count` of `length`; resolves with all that was answered when the other side hangs up. */
function drip(path: string, type: string, { count, length }: { count: number; length: number }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let sent = 0;
    socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`);
    const timer = setInterval(() => {
      if (sent < count) socket.write('1');
      sent += 1;
    }, 100);
    socket.on('data', (bytes) => {
      text += bytes.toString();
      if (text.includes('bytes')) socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(text);
    });
  });
}

test('a body that drips is cut off', async () => {
  expect(await drip('/json', 'application/json', { count: 100, length: 100 })).toBe('');
});

test('an upload may take its time', async () => {
  expect(await drip('/upload', 'application/octet-stream', { count: 8, length: 8 })).toContain('8 bytes');
});

test('an upload that stops is cut off', async () => {
  expect(await drip('/upload', 'application/octet-stream', { count: 3, length: 100 })).not.toContain(' bytes');
});

test('what comes after a refusal is not listened to for long', async () => {
  expect(await drip('/refused', 'application/octet-stream', { count: 100, length: 100 })).toContain('413');
});
