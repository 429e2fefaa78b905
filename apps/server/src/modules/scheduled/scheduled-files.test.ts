import type { Accepted, Chat, Message, MessagePage, ScheduledMessage, StoredFile } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import type { Scanner, Verdict } from '../files/scanner.ts';

const day = 86_400_000;
const signedInForGood = { accessTokenTtl: 1_000 * 86_400, refreshTokenTtl: 1_000 * 86_400 };
let app: TestApp;
let now = Date.now();
let ann: Person;
let bob: Person;
let chatId: string;
/** What the scanner says; it is waited for. */
let verdict: Promise<Verdict>;
const scanner: Scanner = { name: 'one that the test speaks for', scan: () => verdict };
beforeAll(async () => {
  app = await startApp({ now: () => now, scanner, config: signedInForGood });
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
});
afterAll(() => app.close());
beforeEach(async () => {
  verdict = Promise.resolve({ kind: 'clean' });
  chatId = (await ann.ask<Chat>('POST', '/chats', { body: { type: 'group', title: 'T', memberIds: [bob.id] } })).id;
});

const soon = { timeout: 5_000, interval: 50 };
const wav = `RIFF\x24\0\0\0WAVEfmt ${'\0'.repeat(30)}`;

async function upload(content = 'hello', name = 'a.txt', by = bob): Promise<StoredFile> {
  const body = new FormData();
  body.set('file', new Blob([Buffer.from(content, 'latin1')]), name);
  return by.ask('POST', '/files', { body });
}
const inMs = (ms: number): string => new Date(now + ms).toISOString();
const schedule = (ms: number, more: object) =>
  bob.call('POST', `/chats/${chatId}/messages`, { body: { scheduledAt: inMs(ms), ...more } });
const keep = async (ms: number, more: object): Promise<Accepted> => {
  const { status, body } = await schedule(ms, more);
  expect(status, JSON.stringify(body)).toBe(202);
  return body as Accepted;
};
const list = async () =>
  (await bob.ask<{ items: ScheduledMessage[] }>('GET', `/chats/${chatId}/scheduled-messages`)).items;
const said = async (): Promise<Message[]> =>
  (await ann.ask<MessagePage>('GET', `/chats/${chatId}/messages`)).items.filter(({ service }) => service === undefined);
const at = (id: string) => `/chats/${chatId}/scheduled-messages/${id}`;
const isKnown = async ({ id }: StoredFile) => (await bob.call('GET', `/media/${id}/status`)).status === 200;
const download = ({ id }: StoredFile) => ann.call('GET', `/files/${id}/download`);

async function sweepAfter(milliseconds: number): Promise<void> {
  now += milliseconds;
  await app.modules.sweepFiles();
}

test('files wait with the message, and nobody else has them before', async () => {
  const [first, second] = [await upload(), await upload('more', 'b.txt')];
  const { id } = await keep(60_000, { content: 'see', fileIds: [second.id, first.id] });
  const attachments = [
    { fileId: second.id, name: 'b.txt', size: 4, status: 'ready' },
    { fileId: first.id, name: 'a.txt' },
  ];
  expect(await list()).toMatchObject([{ id, content: 'see', messageType: 'file', attachments }]);
  expect((await download(first)).status).toBe(404);
  now += 60_000;
  await expect.poll(said, soon).toMatchObject([{ id, content: 'see', messageType: 'file', attachments }]);
  expect((await download(first)).status).toBe(302);
});

test('a voice and a sticker wait, too, and are given no words', async () => {
  const recording = await upload(wav, 'voice.wav');
  const voice = { messageType: 'voice', durationSeconds: 2, waveform: [1, 2, 3] };
  const { id } = await keep(60_000, { ...voice, fileIds: [recording.id] });
  const sticker = await keep(60_000, { stickerId: 'hello' });
  expect(await list()).toMatchObject([
    { ...{ messageType: 'voice', durationSeconds: 2 }, attachments: [{ fileId: recording.id, waveform: [1, 2, 3] }] },
    { messageType: 'sticker', sticker: { id: 'hello' } },
  ]);
  for (const one of [id, sticker.id])
    expect((await bob.call('PUT', at(one), { body: { content: 'words' } })).body).toMatchObject({
      code: 'validation_error',
      errors: [{ path: '/content' }],
    });
  now += 60_000;
  await expect.poll(said, soon).toMatchObject([{ messageType: 'voice' }, { messageType: 'sticker' }]);
});

test('words beside files may go; the words of a text may not', async () => {
  const file = await upload();
  const [withFile, text] = [
    await keep(60_000, { content: 'a', fileIds: [file.id] }),
    await keep(60_000, { content: 'b' }),
  ];
  const changed = await bob.ask<ScheduledMessage>('PUT', at(withFile.id), { body: { content: '' } });
  expect(changed).toMatchObject({ content: '', attachments: [{ fileId: file.id }] });
  expect((await bob.call('PUT', at(text.id), { body: { content: '' } })).body).toMatchObject({ code: 'message_empty' });
});

test('files of others, unknown ones and those refused are not accepted', async () => {
  const ofAnn = await upload('hers', 'a.txt', ann);
  expect((await schedule(60_000, { fileIds: [ofAnn.id] })).body).toMatchObject({ code: 'file_not_found' });
  verdict = Promise.resolve({ kind: 'infected', name: 'Eicar' });
  const bad = await upload();
  expect((await schedule(60_000, { fileIds: [bad.id] })).body).toMatchObject({ code: 'file_rejected' });
  expect(await list()).toEqual([]);
});

test('files that wait are spared for as long as it takes, and let go with the message', async () => {
  const [sent, cancelled, shared] = [await upload(), await upload(), await upload()];
  await keep(3 * day, { fileIds: [sent.id, shared.id] });
  const { id } = await keep(9 * day, { fileIds: [cancelled.id, shared.id] });
  await sweepAfter(2 * day);
  await sweepAfter(2 * day);
  await expect.poll(said, soon).toHaveLength(1);
  await sweepAfter(2 * day);
  expect(await Promise.all([sent, cancelled, shared].map(isKnown))).toEqual([true, true, true]);
  await bob.ask('DELETE', at(id));
  await sweepAfter(day - 60_000);
  expect(await isKnown(cancelled), 'it may be scheduled anew').toBe(true);
  await sweepAfter(120_000);
  expect(await Promise.all([sent, cancelled, shared].map(isKnown))).toEqual([true, false, true]);
});

test.each([
  ['found to be harmful', 'file_rejected', `update files set status = 'rejected' where id = $1`],
  ['gone', 'file_not_found', 'delete from files where id = $1'],
])(
  'a file that is %s when its time comes keeps the message back; its sender is told, and has it still',
  async (_, code, change) => {
    const [good, bad] = [await upload(), await upload()];
    const { id } = await keep(60_000, { content: 'see', fileIds: [good.id, bad.id], clientMessageId: 'k' });
    await app.database.pool.query(change, [bad.id]);
    const live = await openLive(app.url, bob.token);
    now += 60_000;
    const failed = await live.until(({ type }) => type === 'message_failed');
    expect(failed).toMatchObject({ id, chatId, code, clientMessageId: 'k' });
    expect(await said()).toEqual([]);
    expect(await list()).toMatchObject([{ id, content: 'see', failedCode: code }]);
    await sweepAfter(9 * day);
    expect(await isKnown(good), 'kept with it').toBe(true);
    await bob.ask('DELETE', at(id));
    await sweepAfter(day + 60_000);
    expect(await isKnown(good), 'let go').toBe(false);
    await live.close();
  },
);

test('a file that is still examined is sent as it is; how it ends is told', async () => {
  const { promise, resolve } = Promise.withResolvers<Verdict>();
  verdict = promise;
  const file = await upload();
  expect(file.status).toBe('processing');
  await keep(60_000, { fileIds: [file.id] });
  expect(await list()).toMatchObject([{ attachments: [{ status: 'processing' }] }]);
  now += 60_000;
  await expect.poll(said, soon).toMatchObject([{ attachments: [{ status: 'processing' }] }]);
  resolve({ kind: 'clean' });
  await expect.poll(said, soon).toMatchObject([{ attachments: [{ status: 'ready' }] }]);
});

test('a repeat changes nothing, also when no more could be scheduled', async () => {
  const body = { content: 'x', clientMessageId: 'again' };
  const { id } = await keep(60_000, body);
  for (let count = 1; count < 100; count += 1) await keep(60_000, { content: 'x' });
  expect((await schedule(60_000, { content: 'x' })).body).toMatchObject({ code: 'too_many_scheduled' });
  expect((await keep(60_000, { ...body, content: 'y' })).id).toBe(id);
  expect((await list()).find((one) => one.id === id)).toMatchObject({ content: 'x' });
});
