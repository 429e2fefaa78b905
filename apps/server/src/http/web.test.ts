import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendProblem } from './problems.ts';
import { serveWebApp } from './web.ts';

let folder: string;
let server: FastifyInstance;
const ask = (url: string, accept: string) => server.inject({ url, headers: { accept } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-web-'));
  await writeFile(join(folder, 'index.html'), '<title>Parley</title>');
  server = fastify();
  server.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
  await serveWebApp(server, folder);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

it('shows its pages to everybody', async () => {
  for (const accept of ['text/html', '*/*']) {
    const { statusCode, body } = await ask('/app/settings', accept);
    expect([statusCode, body]).toEqual([200, '<title>Parley</title>']);
  }
});

it('lets nobody keep a page whose address is a secret', async () => {
  expect((await ask('/join/secret', 'text/html')).headers['cache-control']).toBe('no-store');
  expect((await ask('/c/club', 'text/html')).headers['cache-control']).toBe('no-cache');
});

it('says on a page that an address leads nowhere, and in data to a program', async () => {
  const page = await ask('/nothing/here', 'text/html,application/xhtml+xml,*/*;q=0.8');
  expect([page.statusCode, page.body]).toEqual([404, '<title>Parley</title>']);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  for (const accept of ['*/*', 'application/json']) {
    const data = await ask('/assets/gone.js', accept);
    expect([data.statusCode, data.json().code]).toEqual([404, 'not_found']);
  }
});
