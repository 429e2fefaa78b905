import type { Chat, Me, StoredFile, User } from '@parley/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

const hour = 3_600_000;
const signedInForGood = { accessTokenTtl: 1_000 * 86_400, refreshTokenTtl: 1_000 * 86_400 };
let clock = Date.now();
let app: TestApp;
let ann: Person;
let bob: Person;
let chatId: string;
beforeAll(async () => {
  app = await startApp({ now: () => clock, config: signedInForGood });
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});
afterAll(() => app.close());

async function picture(background = 'teal', format: 'png' | 'jpeg' = 'png'): Promise<FormData> {
  const bytes = await sharp({ create: { width: 900, height: 300, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)]), 'me.png');
  return form;
}

test('one’s picture is a square that everybody sees, at an address that is kept for good', async () => {
  const live = await openLive(app.url, bob.token);
  const me = await ann.ask<Me>('PUT', '/me/avatar', { body: await picture() });
  expect(me.avatarUrl).toMatch(new RegExp(`^/avatars/${ann.id}/[0-9a-f-]{36}\\.webp$`));
  expect((await bob.ask<User>('GET', `/users/${ann.id}`)).avatarUrl).toBe(me.avatarUrl);
  const told = await live.until(({ type }) => type === 'participant_updated');
  expect(told.participant).toMatchObject({ id: ann.id, avatarUrl: me.avatarUrl });
  const shown = await fetch(`${app.url}${me.avatarUrl}`);
  expect(shown.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(shown.headers.get('content-type')).toBe('image/webp');
  expect(await sharp(await shown.arrayBuffer()).metadata()).toMatchObject({ width: 512, height: 512, format: 'webp' });
  await live.close();
});

test('another picture has another address; the one before goes', async () => {
  const before = await ann.ask<Me>('PUT', '/me/avatar', { body: await picture('red') });
  const after = await ann.ask<Me>('PUT', '/me/avatar', { body: await picture('blue', 'jpeg') });
  expect(after.avatarUrl).not.toBe(before.avatarUrl);
  expect((await fetch(`${app.url}${before.avatarUrl}`)).status, 'in pages that are open').toBe(200);
  clock += 2 * hour;
  await app.modules.sweepFiles();
  expect((await fetch(`${app.url}${before.avatarUrl}`)).status).toBe(404);
  expect((await fetch(`${app.url}${after.avatarUrl}`)).status).toBe(200);
  expect(await ann.ask<Me>('DELETE', '/me/avatar')).not.toHaveProperty('avatarUrl');
});

test('a file that was uploaded before will do, if it is one’s own and a picture', async () => {
  const { id } = await ann.ask<StoredFile>('POST', '/files', { body: await picture() });
  expect(await ann.ask<Me>('PUT', '/me/avatar', { body: { fileId: id } })).toHaveProperty('avatarUrl');
  expect((await bob.call('PUT', '/me/avatar', { body: { fileId: id } })).body).toMatchObject({
    code: 'file_not_found',
  });
  const text = new FormData();
  text.set('file', new Blob(['hello']), 'me.png');
  expect((await ann.call('PUT', '/me/avatar', { body: text })).body).toMatchObject({ code: 'not_an_image' });
});

test('a chat has one as well, by its admins', async () => {
  const live = await openLive(app.url, bob.token);
  expect((await bob.call('POST', `/chats/${chatId}/avatar`, { body: await picture() })).status).toBe(403);
  const chat = await ann.ask<Chat>('POST', `/chats/${chatId}/avatar`, { body: await picture() });
  expect(chat.avatarUrl).toMatch(new RegExp(`^/avatars/${chatId}/`));
  expect((await bob.ask<Chat>('GET', `/chats/${chatId}`)).avatarUrl).toBe(chat.avatarUrl);
  expect((await live.until(({ type }) => type === 'chat_updated')).chat).toMatchObject({ avatarUrl: chat.avatarUrl });
  expect(await ann.ask<Chat>('DELETE', `/chats/${chatId}/avatar`)).not.toHaveProperty('avatarUrl');
  await live.close();
});

test('nothing but pictures is had that way', async () => {
  const paths = ['/avatars/../keys/signing-key.jwk.json', '/avatars/x/y.webp', `/avatars/${ann.id}/..%2f..%2fidentity`];
  for (const path of paths) expect((await fetch(`${app.url}${path}`)).status, path).toBe(404);
});
