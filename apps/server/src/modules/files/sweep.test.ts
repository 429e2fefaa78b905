import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Chat, Message, StoredFile, UploadGrant } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOrCreateKeys } from '../../adapters/keys.ts';
import { loadConfig } from '../../config.ts';
import { openBlobs } from '../../start/files.ts';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import type { Blobs } from './blobs.ts';

const day = 24 * 3_600_000;
const signedInForGood = { accessTokenTtl: 1_000 * 86_400, refreshTokenTtl: 1_000 * 86_400 };
let clock = Date.now();
let folder: string;
let blobs: Blobs;
let app: TestApp;
let ann: Person;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-sweep-'));
  const config = { ...loadConfig({ argv: [], env: {} }), dataDir: folder };
  const store = await openBlobs(config, await loadOrCreateKeys(join(folder, 'keys')));
  blobs = store.blobs;
  app = await startApp({ store, now: () => clock, config: signedInForGood });
  ann = await buildUser(app.url, 'ann');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

async function upload(text = 'hello'): Promise<StoredFile> {
  const body = new FormData();
  body.set('file', new Blob([text]), 'a.txt');
  return ann.ask('POST', '/files', { body });
}
const makeChat = async (): Promise<string> =>
  (await ann.ask<Chat>('POST', '/chats', { body: { type: 'group', title: 'T', memberIds: [] } })).id;
const send = (chatId: string, fileId: string) =>
  ann.ask<Message>('POST', `/chats/${chatId}/messages`, { body: { fileIds: [fileId] } });
const isThere = async (file: { objectKey: string }): Promise<boolean> =>
  (await blobs.size(file.objectKey)) !== undefined;
const isKnown = async (file: { id: string }): Promise<boolean> =>
  (await ann.call('GET', `/media/${file.id}/status`)).status === 200;

async function sweepAfter(milliseconds: number): Promise<void> {
  clock += milliseconds;
  await app.modules.sweepFiles();
}

test('a file that nobody sent is gone after a day, not before', async () => {
  const file = await upload();
  await sweepAfter(day - 60_000);
  expect(await isThere(file)).toBe(true);
  await sweepAfter(120_000);
  expect([await isKnown(file), await isThere(file)]).toEqual([false, false]);
});

test('a file that was sent stays, until its last message is deleted', async () => {
  const chatId = await makeChat();
  const file = await upload();
  const [first, second] = [await send(chatId, file.id), await send(chatId, file.id)];
  await sweepAfter(40 * day);
  await ann.ask('DELETE', `/chats/${chatId}/messages/${first.id}`, { query: { forEveryone: true } });
  await sweepAfter(2 * day);
  expect(await isThere(file)).toBe(true);
  await ann.ask('DELETE', `/chats/${chatId}/messages/${second.id}`, { query: { forEveryone: true } });
  await sweepAfter(2 * day);
  expect([await isKnown(file), await isThere(file)]).toEqual([false, false]);
});

test('a deleted chat takes its files with it', async () => {
  const chatId = await makeChat();
  const file = await upload();
  await send(chatId, file.id);
  await sweepAfter(2 * day);
  await ann.ask('DELETE', `/chats/${chatId}`);
  await app.database.pool.query('update chats set deleted_at = $1 where id = $2', [new Date(clock), chatId]);
  await sweepAfter(1_000);
  expect(await isThere(file)).toBe(true);
  await sweepAfter(2 * day);
  expect([await isKnown(file), await isThere(file)]).toEqual([false, false]);
});

test('an upload that never came is forgotten, with what came of it', async () => {
  const body = { name: 'a.txt', mimeType: 'text/plain', size: 5 };
  const grant = await ann.ask<UploadGrant>('POST', '/media/request-upload', { body });
  await fetch(grant.uploadUrl, { method: 'PUT', headers: grant.headers, body: 'hello' });
  expect(await isThere(grant)).toBe(true);
  await sweepAfter(day);
  expect(await isKnown(grant)).toBe(false);
  // As an upload that was begun in time leaves it, however slow it was.
  await blobs.put(grant.objectKey, fileURLToPath(import.meta.url), 'text/plain');
  await sweepAfter(day + 60_000);
  expect(await isThere(grant)).toBe(false);
});

test('what a file names is no garbage, whoever noted it', async () => {
  const file = await upload();
  await app.database.pool.query(`insert into blob_trash values ($1, '2020-01-01')`, [file.objectKey]);
  await app.modules.sweepFiles();
  expect(await isThere(file)).toBe(true);
});
