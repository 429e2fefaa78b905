import type { Chat, Message, StoredFile } from '@parley/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import type { Scanner, Verdict } from './scanner.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let chatId: string;
/** What the scanner says next; it waits for it. */
let verdict: PromiseWithResolvers<Verdict>;
const scanner: Scanner = { name: 'one that the test speaks for', scan: () => verdict.promise };

beforeAll(async () => {
  app = await startApp({ scanner });
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});
afterAll(() => app.close());

async function upload(bytes: string | Uint8Array<ArrayBuffer> = 'hello'): Promise<StoredFile> {
  const body = new FormData();
  body.set('file', new Blob([bytes]), 'a.txt');
  return ann.ask('POST', '/files', { body });
}
const statusOf = async ({ id }: StoredFile): Promise<string> =>
  (await ann.ask<StoredFile>('GET', `/media/${id}/status`)).status;
const send = (file: StoredFile) =>
  ann.ask<Message>('POST', `/chats/${chatId}/messages`, { body: { fileIds: [file.id] } });
const soon = { timeout: 10_000 };

test('a file is sent while it is examined, had by nobody until then, and its end is told', async () => {
  verdict = Promise.withResolvers();
  const live = await openLive(app.url, bob.token);
  const file = await upload();
  expect(file.status).toBe('processing');
  const message = await send(file);
  expect(message.attachments).toMatchObject([{ status: 'processing' }]);
  const refused = await bob.call('GET', `/files/${file.id}/download`);
  expect(refused.body).toMatchObject({ code: 'file_not_ready' });
  expect(refused.headers.get('retry-after')).toBe('2');
  verdict.resolve({ kind: 'clean' });
  const told = await live.until(({ type }) => type === 'message_updated');
  expect((told.message as Message).attachments).toMatchObject([{ fileId: file.id, status: 'ready' }]);
  expect((told.message as Message).editedAt).toBeUndefined();
  expect((await bob.call('GET', `/files/${file.id}/download`)).status).toBe(302);
  await live.close();
});

test('the room of a picture is known while it is examined, upright, and the same afterwards', async () => {
  verdict = Promise.withResolvers();
  const live = await openLive(app.url, bob.token);
  const lying = sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } })
    .jpeg()
    .withMetadata({ orientation: 6 });
  const file = await upload(new Uint8Array(await lying.toBuffer()));
  expect(file).toMatchObject({ status: 'processing', width: 30, height: 40 });
  expect((await send(file)).attachments).toMatchObject([{ status: 'processing', width: 30, height: 40 }]);
  verdict.resolve({ kind: 'clean' });
  const told = await live.until(({ type }) => type === 'message_updated');
  expect((told.message as Message).attachments).toMatchObject([{ status: 'ready', width: 30, height: 40 }]);
  await live.close();
});

test('malware is refused: those who were sent it are told, and nobody gets it', async () => {
  verdict = Promise.withResolvers();
  const live = await openLive(app.url, bob.token);
  const file = await upload();
  await send(file);
  verdict.resolve({ kind: 'infected', name: 'Eicar' });
  const told = await live.until(({ type }) => type === 'message_updated');
  expect((told.message as Message).attachments).toMatchObject([{ status: 'rejected' }]);
  for (const person of [ann, bob])
    expect((await person.call('GET', `/files/${file.id}/download`)).body).toMatchObject({ code: 'file_rejected' });
  const trash = await app.database.pool.query('select 1 from blob_trash where object_key = $1', [file.objectKey]);
  expect(trash.rows).toHaveLength(1);
  await live.close();
});

test('malware is no avatar', async () => {
  verdict = Promise.withResolvers();
  verdict.resolve({ kind: 'infected', name: 'Eicar' });
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const body = new FormData();
  body.set('file', new Blob([new Uint8Array(bytes)]), 'me.png');
  expect((await ann.call('PUT', '/me/avatar', { body })).body).toMatchObject({ code: 'file_rejected' });
});

test('while the scanner is away files wait; no try counts against them', async () => {
  verdict = Promise.withResolvers();
  verdict.promise.catch(() => undefined);
  verdict.reject(new Error('the scanner is away'));
  const file = await upload();
  expect(file.status).toBe('processing');
  verdict = Promise.withResolvers();
  verdict.resolve({ kind: 'clean' });
  const { rows } = await app.database.pool.query('select attempts from files where id = $1', [file.id]);
  expect(rows).toEqual([{ attempts: 0 }]);
  await app.database.pool.query('update files set claimed_until = now() where id = $1', [file.id]);
  await expect.poll(() => statusOf(file), soon).toBe('ready');
});

test('what a process left behind that is gone is taken up', async () => {
  verdict = Promise.withResolvers();
  verdict.resolve({ kind: 'clean' });
  const file = await upload();
  await app.database.pool.query(
    `update files set status = 'processing', attempts = 1, is_told = false, claimed_until = now() - interval '1 s' where id = $1`,
    [file.id],
  );
  await expect.poll(() => statusOf(file), soon).toBe('ready');
});

test('what several processes died of is refused', async () => {
  verdict = Promise.withResolvers();
  verdict.resolve({ kind: 'clean' });
  const file = await upload();
  await app.database.pool.query(
    `update files set status = 'processing', attempts = 3, claimed_until = null where id = $1`,
    [file.id],
  );
  await expect.poll(() => statusOf(file), soon).toBe('rejected');
});
