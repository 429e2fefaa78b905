import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredFile } from '@parley/contract';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { buildUser, request } from '../../apps/server/src/testing/people.ts';
import { form, picture } from '../support/files.ts';
import { type Stage, startInstances } from './stage.ts';

let stage: Stage;
let urls: [string, string];
beforeAll(async () => {
  stage = await startInstances({ postgresUrl: inject('postgresUrl') });
  urls = stage.servers.map(({ url }) => url) as [string, string];
});
afterAll(() => stage.close());

test('what was uploaded on one instance is had on the other, in parts from both', async () => {
  const ann = await buildUser(urls[0], 'ann');
  const there = (method: string, path: string, options: object = {}) =>
    request(urls[1], method, path, { headers: { authorization: `Bearer ${ann.token}` }, ...options });
  const { id } = await ann.ask<StoredFile>('POST', '/files', { body: form('hello') });
  const { headers } = await there('GET', `/files/${id}/download`);
  for (const url of urls) expect(await (await fetch(new URL(headers.get('location')!, url))).text()).toBe('hello');
  const { avatarUrl } = await ann.ask<{ avatarUrl: string }>('PUT', '/me/avatar', { body: await picture() });
  expect((await fetch(`${urls[1]}${avatarUrl}`)).status).toBe(200);

  const tus = { 'tus-resumable': '1.0.0' };
  const made = await ann.call('POST', '/files/resumable', { headers: { ...tus, 'upload-length': '10' } });
  const path = made.headers.get('location')!.replace('/v1', '');
  const piece = (text: string, offset: number) => ({
    body: new TextEncoder().encode(text),
    headers: {
      ...tus,
      authorization: `Bearer ${ann.token}`,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
    },
  });
  expect((await ann.call('PATCH', path, piece('hello', 0))).status).toBe(204);
  expect((await there('PATCH', path, piece('there', 5))).status).toBe(204);
  const whole = await ann.call('GET', `/files/${path.split('/').at(-1)}/download`);
  expect(await (await fetch(new URL(whole.headers.get('location')!, urls[0]))).text()).toBe('hellothere');
});

test('an instance with a folder of its own refuses to start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-other-'));
  const AUTH_PRIVATE_KEY = (await readFile(join(stage.dataDir, 'keys', 'signing-key.jwk.json'), 'utf8')).trim();
  await expect(stage.start({ PARLEY_DATA: folder, AUTH_PRIVATE_KEY })).rejects.toThrow('AWS_S3_BUCKET');
  await rm(folder, { recursive: true, force: true });
});
