import { crc32, deflateSync } from 'node:zlib';
import type { Chat, Message, MessagePage, StoredFile, UploadGrant } from '@parley/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let eve: Person;
let chatId: string;

beforeAll(async () => {
  app = await startApp({ config: { maxUploadBytes: 300_000, uploadQuotaBytes: 1_000_000 } });
});
beforeEach(async () => {
  [ann, bob, eve] = (await Promise.all(['ann', 'bob', 'eve'].map((name) => buildUser(app.url, name)))) as [
    Person,
    Person,
    Person,
  ];
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});
afterAll(() => app.close());

type Bytes = string | Uint8Array<ArrayBuffer>;

function form(bytes: Bytes, name: string, type = ''): FormData {
  const data = new FormData();
  data.set('file', new Blob([bytes], { type }), name);
  return data;
}

const upload = (person: Person, bytes: Bytes, name = 'a.txt', type?: string) =>
  person.call('POST', '/files', { body: form(bytes, name, type) });
const uploaded = async (person: Person, bytes: Bytes = 'hello', name?: string, type?: string) =>
  (await upload(person, bytes, name, type)).body as StoredFile;
const send = (person: Person, body: object) => person.call('POST', `/chats/${chatId}/messages`, { body });
const sent = async (person: Person, body: object) => (await send(person, body)).body as Message;

/** What a person gets who follows the address. */
async function download(person: Person, path: string, headers: Record<string, string> = {}) {
  const answer = await person.call('GET', path.replace('/v1', ''));
  if (answer.status !== 302) return { status: answer.status, body: answer.body, headers: answer.headers, text: '' };
  const response = await fetch(new URL(answer.headers.get('location')!, app.url), { headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, text: new TextDecoder().decode(bytes), bytes };
}

const photo = (width = 40, height = 20) =>
  sharp({ create: { width, height, channels: 3, background: 'tomato' } })
    .withExif({ IFD0: { Copyright: 'Secret place' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
    .then((bytes) => new Uint8Array(bytes));

/** A PNG of one bit a pixel (RFC 2083): hardly anything as a file, a lot in a memory. */
function blackPicture(side: number): Uint8Array<ArrayBuffer> {
  const part = (type: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(data.length, 0);
    numbers.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([numbers.subarray(0, 4), named, numbers.subarray(4)]);
  };
  const header = Buffer.from([...Array(8).fill(0), 1, 0, 0, 0, 0]);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  const rows = deflateSync(Buffer.alloc(side * (1 + side / 8)), { level: 1 });
  const parts = [part('IHDR', header), part('IDAT', rows), part('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]));
}

describe('an upload', () => {
  test('says what it is by its bytes, and is had back as it was', async () => {
    const { status, body } = await upload(ann, 'hello there', '../../Grüße "2".txt', 'image/png');
    expect(status).toBe(201);
    const file = body as StoredFile;
    expect(file).toMatchObject({ name: 'Grüße "2".txt', mimeType: 'text/plain', size: 11, status: 'ready' });
    expect(file.objectKey).toBe(`uploads/${file.id}_Gru_e_2_.txt`);
    const got = await download(ann, file.url);
    expect(got).toMatchObject({ status: 200, text: 'hello there' });
    expect(got.headers.get('content-disposition')).toBe(
      `attachment; filename="Gr__e _2_.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%222%22.txt`,
    );
    expect(got.headers.get('content-security-policy')).toContain('sandbox');
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    expect(got.headers.get('content-type')).toBe('application/octet-stream');
  });

  test('of a picture is drawn anew: upright, measured, small, and without where it was taken', async () => {
    const original = await photo();
    expect(Buffer.from(original).includes('Secret place')).toBe(true);
    const file = await uploaded(ann, original, 'IMG.JPG');
    expect(file).toMatchObject({ status: 'ready', mimeType: 'image/jpeg', width: 20, height: 40 });
    const got = await download(ann, file.url);
    expect(got.headers.get('content-disposition')).toMatch(/^inline/);
    const meta = await sharp(got.bytes).metadata();
    expect(meta).toMatchObject({ width: 20, height: 40 });
    expect(meta.exif).toBeUndefined();
    expect(Buffer.from(got.bytes!).includes('Secret place')).toBe(false);
    const small = await download(ann, file.thumbnailUrl!);
    expect(small.headers.get('content-type')).toBe('image/webp');
  });

  test('of a picture that moves keeps moving', async () => {
    const frames = await Promise.all(
      ['red', 'blue', 'green'].map((background) =>
        sharp({ create: { width: 10, height: 8, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100, 100] })
      .toBuffer();
    const file = await uploaded(ann, new Uint8Array(gif), 'a.gif');
    expect(file).toMatchObject({ status: 'ready', mimeType: 'image/gif', width: 10, height: 8 });
    expect((await sharp((await download(ann, file.url)).bytes).metadata()).pages).toBe(3);
  });

  test('of what only looks like a picture is refused, and nobody gets it', async () => {
    const file = await uploaded(ann, new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2, 3]), 'a.png');
    expect(file.status).toBe('rejected');
    expect((await ann.call('GET', `/files/${file.id}/download`)).body).toMatchObject({ code: 'file_rejected' });
    expect((await send(ann, { fileIds: [file.id] })).body).toMatchObject({ code: 'file_rejected' });
  });

  test('of more pixels than a memory has is refused', async () => {
    expect((await uploaded(ann, blackPicture(2_000), 'black.png')).status).toBe('ready');
    expect((await uploaded(ann, blackPicture(12_000), 'bomb.png')).status).toBe('rejected');
  });

  test('of SVG or HTML is only ever saved', async () => {
    for (const bytes of [
      '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
      '<html><script>1</script>',
    ]) {
      const file = await uploaded(ann, bytes, 'x.png', 'image/png');
      const got = await download(ann, file.url);
      expect(got.headers.get('content-disposition')).toMatch(/^attachment/);
      expect(got.headers.get('content-type')).toBe('application/octet-stream');
    }
  });

  test('too large, empty, without a file, or no form is refused', async () => {
    expect((await upload(ann, new Uint8Array(300_001))).body).toMatchObject({
      code: 'file_too_large',
      max: 300_000,
    });
    expect((await upload(ann, '')).body).toMatchObject({ code: 'file_empty' });
    const other = new FormData();
    other.set('picture', new Blob(['x']), 'a.txt');
    expect((await ann.call('POST', '/files', { body: other })).body).toMatchObject({ code: 'validation_error' });
    expect((await ann.call('POST', '/files', { body: {} })).body).toMatchObject({
      code: 'unsupported_media_type',
      errors: [{ path: '/content-type', message: 'must be multipart/form-data' }],
    });
    const two = form('one', 'a.txt');
    two.append('file', new Blob(['two']), 'b.txt');
    const errors = [{ path: '/file', message: 'must be one file' }];
    expect((await ann.call('POST', '/files', { body: two })).body).toMatchObject({ status: 400, errors });
  });

  test('is counted against what one may have', async () => {
    for (let count = 0; count < 3; count += 1) expect((await upload(ann, new Uint8Array(300_000))).status).toBe(201);
    const trash = async () => (await app.database.pool.query('select object_key from blob_trash')).rows;
    const before = await trash();
    expect((await upload(ann, new Uint8Array(200_000))).body).toMatchObject({ code: 'quota_exceeded' });
    expect(await trash(), 'nothing was written to the store').toEqual(before);
    const body = { name: 'a', mimeType: 'text/plain', size: 200_000 };
    expect((await ann.call('POST', '/media/request-upload', { body })).body).toMatchObject({ code: 'quota_exceeded' });
    expect((await upload(bob, new Uint8Array(200_000))).status).toBe(201);
  });
});

describe('the bytes', () => {
  test('come in ranges', async () => {
    const file = await uploaded(ann, '0123456789');
    const part = await download(ann, file.url, { range: 'bytes=2-4' });
    expect(part).toMatchObject({ status: 206, text: '234' });
    expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(await download(ann, file.url, { range: 'bytes=-3' })).toMatchObject({ status: 206, text: '789' });
    expect(await download(ann, file.url, { range: 'bytes=10-' })).toMatchObject({ status: 416 });
    expect(await download(ann, file.url, { range: 'bytes=x' })).toMatchObject({ status: 200, text: '0123456789' });
  });

  test('are had by nobody who changes their address', async () => {
    const file = await uploaded(ann, 'secret');
    const location = (await ann.call('GET', `/files/${file.id}/download`)).headers.get('location')!;
    expect((await fetch(`${app.url}${location}`)).status).toBe(200);
    const changed = [
      location.replace('as=attachment', 'as=inline'),
      location.replace(/until=\d+/, 'until=99999999999'),
      location.replace('uploads/', 'uploads/../keys/'),
      location.replace(/sig=.*/, 'sig='),
      location.replace(/uploads\/[^?]+/, 'identity'),
    ];
    for (const address of changed) {
      const { status } = await fetch(`${app.url}${address}`);
      expect([404, 410], address).toContain(status);
    }
  });
});

describe('a file in a message', () => {
  test('is told with it, had by those who see it, and by nobody else', async () => {
    const live = await openLive(app.url, bob.token);
    const file = await uploaded(ann, await photo(), 'IMG.JPG');
    const message = await sent(ann, { content: 'look', fileIds: [file.id] });
    expect(message).toMatchObject({
      messageType: 'file',
      content: 'look',
      attachments: [
        { fileId: file.id, name: 'IMG.JPG', mimeType: 'image/jpeg', status: 'ready', width: 20, height: 40 },
      ],
    });
    const told = await live.until(({ type }) => type === 'message');
    expect((told.message as Message).attachments).toEqual(message.attachments);
    const [listed] = (await bob.ask<{ items: Chat[] }>('GET', '/chats')).items;
    expect(listed?.lastMessage?.attachments).toEqual(message.attachments);
    const page = await bob.ask<MessagePage>('GET', `/chats/${chatId}/messages`);
    expect(page.items.at(-1)?.attachments).toEqual(message.attachments);
    const url = message.attachments![0]!.url;
    expect((await download(bob, url)).status).toBe(200);
    expect(await download(eve, url)).toMatchObject({ status: 404, body: { code: 'file_not_found' } });
    await live.close();
  });

  test('is lost with membership, with the message, and for whom it is hidden', async () => {
    const file = await uploaded(ann);
    const message = await sent(ann, { fileIds: [file.id] });
    const url = message.attachments![0]!.url;
    await ann.ask('POST', `/chats/${chatId}/members`, { body: { userIds: [eve.id] } });
    expect((await download(eve, url)).status).toBe(200);
    await eve.ask('DELETE', `/chats/${chatId}/messages/${message.id}`);
    expect((await download(eve, url)).status).toBe(404);
    await ann.ask('DELETE', `/chats/${chatId}/members/${bob.id}`);
    expect((await download(bob, url)).status).toBe(404);
    await ann.ask('DELETE', `/chats/${chatId}/messages/${message.id}`, { query: { forEveryone: true } });
    const [gone] = (await ann.ask<MessagePage>('GET', `/chats/${chatId}/messages`)).items.slice(-2);
    expect(gone).not.toHaveProperty('attachments');
    expect((await download(ann, url)).status, 'it is still its owner’s').toBe(200);
  });

  test('is one’s own', async () => {
    const file = await uploaded(ann);
    await ann.ask('POST', `/chats/${chatId}/messages`, { body: { fileIds: [file.id] } });
    expect((await send(bob, { fileIds: [file.id] })).body).toMatchObject({ code: 'file_not_found' });
    expect((await sent(ann, { fileIds: [file.id], content: 'again' })).attachments).toHaveLength(1);
  });

  test('may come with others in their order, with a caption that can be edited away', async () => {
    const ids = await Promise.all(['1', '2', '3'].map(async (text) => (await uploaded(ann, text)).id));
    const order = [ids[2], ids[0], ids[1]];
    const message = await sent(ann, { content: 'three', fileIds: order });
    expect(message.attachments?.map(({ fileId }) => fileId)).toEqual(order);
    const path = `/chats/${chatId}/messages/${message.id}`;
    expect(await ann.ask<Message>('PUT', path, { body: { content: '' } })).toMatchObject({
      content: '',
      attachments: message.attachments,
    });
  });

  test.each<[string, Record<string, unknown> & { fileIds?: string[] }, string]>([
    ['a text with files', { type: 'text', content: 'x', fileIds: ['own'] }, 'validation_error'],
    ['no files', { type: 'file', content: 'x' }, 'validation_error'],
    ['a file twice', { fileIds: ['own', 'own'] }, 'validation_error'],
    ['a voice message of a text', { type: 'voice', fileIds: ['own'] }, 'validation_error'],
    ['a sticker with words', { stickerId: 'hello', content: 'x' }, 'validation_error'],
    ['a sticker that is not there', { stickerId: 'nothing' }, 'sticker_not_found'],
    ['nothing', {}, 'message_empty'],
  ])('is not sent as %s', async (_what, body, code) => {
    const { id } = await uploaded(ann);
    const filled = body.fileIds === undefined ? body : { ...body, fileIds: body.fileIds.map(() => id) };
    expect((await send(ann, filled)).body).toMatchObject({ code });
  });

  test('that is a recording has a length and a picture of its sound', async () => {
    const sound = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 1, 2, 3]);
    const file = await uploaded(ann, sound, 'voice.webm', 'audio/webm;codecs=opus');
    const body = { type: 'voice', fileIds: [file.id], durationSeconds: 3.5, waveform: [0, 50, 100] };
    expect(await sent(ann, body)).toMatchObject({
      messageType: 'voice',
      durationSeconds: 3.5,
      attachments: [{ mimeType: 'audio/webm', durationSeconds: 3.5, waveform: [0, 50, 100] }],
    });
  });
});

test('frames carry files and stickers as requests do', async () => {
  const live = await openLive(app.url, ann.token);
  const { id } = await uploaded(ann);
  const frames = [{ fileIds: [id] }, { messageType: 'sticker', stickerId: 'hello' }];
  for (const [index, frame] of frames.entries()) {
    const answer = await live.ask({ type: 'message', chatId, clientMessageId: `k${index}`, ...frame });
    expect(answer).toMatchObject({ type: 'ack' });
  }
  await expect
    .poll(async () => (await bob.ask<MessagePage>('GET', `/chats/${chatId}/messages`)).items)
    .toMatchObject([{ attachments: [{ fileId: id }] }, { sticker: { id: 'hello' } }]);
  await live.close();
});

test('a sticker is one of the set, at an address that is kept for good', async () => {
  const { items } = await ann.ask<{ items: { id: string; url: string }[] }>('GET', '/stickers');
  expect(items.length).toBeGreaterThanOrEqual(8);
  const message = await sent(ann, { type: 'sticker', stickerId: items[0]!.id });
  expect(message).toMatchObject({ messageType: 'sticker', content: '', sticker: items[0] });
  for (const { url } of items) {
    const picture = await fetch(`${app.url}${url}`);
    expect(picture.headers.get('cache-control')).toContain('immutable');
    expect(await sharp(await picture.arrayBuffer()).metadata()).toMatchObject({ format: 'webp', width: 384 });
  }
});

describe('an upload straight to the store', () => {
  const request = (person: Person, size: number) =>
    person.ask<UploadGrant>('POST', '/media/request-upload', { body: { name: 'a.txt', mimeType: 'text/plain', size } });
  const put = (grant: UploadGrant, body: Bytes) =>
    fetch(grant.uploadUrl, { method: grant.method, headers: grant.headers, body });
  const confirm = (person: Person, id: string) => person.call('POST', '/media/confirm-upload', { body: { id } });

  test('is taken over once its bytes are there', async () => {
    const grant = await request(ann, 5);
    expect((await confirm(ann, grant.id)).body).toMatchObject({ code: 'upload_incomplete' });
    expect((await send(ann, { fileIds: [grant.id] })).body).toMatchObject({ code: 'upload_incomplete' });
    expect(await ann.call('GET', `/files/${grant.id}/download`)).toMatchObject({ body: { code: 'upload_incomplete' } });
    expect((await put(grant, 'hello')).status).toBe(200);
    expect((await confirm(eve, grant.id)).body).toMatchObject({ code: 'file_not_found' });
    const file = (await confirm(ann, grant.id)).body as StoredFile;
    expect(file).toMatchObject({ id: grant.id, status: 'ready', mimeType: 'text/plain' });
    expect(await download(ann, file.url)).toMatchObject({ text: 'hello' });
    // Its address still takes bytes: they are no longer the file's.
    expect((await put(grant, 'EVIL!')).status).toBe(200);
    expect(await download(ann, file.url)).toMatchObject({ text: 'hello' });
    expect((await confirm(ann, grant.id)).body).toMatchObject({ status: 'ready' });
  });

  test('of another size is not', async () => {
    const grant = await request(ann, 5);
    expect((await put(grant, 'too long')).status).toBe(413);
    expect((await put(grant, 'shrt')).status).toBe(409);
    expect((await confirm(ann, grant.id)).body).toMatchObject({ code: 'upload_incomplete' });
    const body = { name: 'a', mimeType: 'text/plain', size: 300_001 };
    expect((await ann.call('POST', '/media/request-upload', { body })).body).toMatchObject({ code: 'file_too_large' });
  });
});

test('who uploads too often waits', async () => {
  const limited = await startApp({ config: { rateLimits: true } });
  const carl = await buildUser(limited.url, 'carl');
  const body = { name: 'a', mimeType: 'text/plain', size: 1 };
  const ask = () => carl.call('POST', '/media/request-upload', { body });
  let answer = await ask();
  for (let count = 0; count < 500 && answer.status === 200; count += 1) answer = await ask();
  expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  await limited.close();
});
