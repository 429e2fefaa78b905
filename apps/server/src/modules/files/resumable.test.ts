import { createClient, createMemoryStorage } from '@parley/client';
import type { StoredFile } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person, password } from '../../testing/people.ts';

const signedInForGood = { accessTokenTtl: 1_000 * 86_400, refreshTokenTtl: 1_000 * 86_400 };
let clock = Date.now();
let app: TestApp;
let ann: Person;
beforeAll(async () => {
  app = await startApp({ now: () => clock, config: { ...signedInForGood, maxUploadBytes: 20_000_000 } });
  ann = await buildUser(app.url, 'ann');
});
afterAll(() => app.close());

const tus = { 'tus-resumable': '1.0.0' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function begin(size: number, headers: Record<string, string> = {}) {
  const answer = await ann.call('POST', '/files/resumable', {
    headers: { ...tus, 'upload-length': String(size), ...headers },
  });
  return { ...answer, id: answer.headers.get('location')?.split('/').at(-1) ?? '' };
}

const append = (id: string, offset: number, text: string) =>
  ann.call('PATCH', `/files/resumable/${id}`, {
    headers: { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
    body: new TextEncoder().encode(text),
  });
const offsetOf = async (id: string): Promise<string | null> =>
  (await ann.call('HEAD', `/files/resumable/${id}`, { headers: tus })).headers.get('upload-offset');
const statusOf = (id: string) => ann.ask<StoredFile>('GET', `/media/${id}/status`);

async function bytesOf(id: string): Promise<string> {
  const { headers } = await ann.call('GET', `/files/${id}/download`);
  return (await fetch(new URL(headers.get('location')!, app.url))).text();
}

describe('an upload in parts', () => {
  test('is a file once all of it is there', async () => {
    const metadata = `filename ${base64('Grüße.txt')},filetype ${base64('text/plain')},is_confidential`;
    const { id, status, headers } = await begin(11, { 'upload-metadata': metadata });
    expect(status).toBe(201);
    expect(headers.get('tus-max-size')).toBe('20000000');
    expect((await append(id, 0, 'hello')).headers.get('upload-offset')).toBe('5');
    expect(await offsetOf(id)).toBe('5');
    expect(await statusOf(id)).toMatchObject({ status: 'pending' });
    expect((await append(id, 5, ' there')).status).toBe(204);
    expect(await offsetOf(id)).toBe('11');
    expect(await statusOf(id)).toMatchObject({ status: 'ready', name: 'Grüße.txt', mimeType: 'text/plain', size: 11 });
    expect(await bytesOf(id)).toBe('hello there');
    const { rows } = await app.database.pool.query('select 1 from file_parts where file_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  test('of which two requests bring the same piece takes one', async () => {
    const { id } = await begin(8);
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => append(id, 0, `${index}234`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409, 409, 409]);
    expect((await append(id, 4, '5678')).status).toBe(204);
    expect(await bytesOf(id)).toMatch(/^[0-5]2345678$/);
  });

  test('keeps what arrived before a break', async () => {
    const { id } = await begin(10);
    const broken = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode('half'));
        await new Promise((resolve) => setTimeout(resolve, 100));
        controller.error(new Error('the connection broke'));
      },
    });
    const headers = { ...tus, authorization: `Bearer ${ann.token}`, 'upload-offset': '0' };
    const request = fetch(`${app.url}/v1/files/resumable/${id}`, {
      method: 'PATCH',
      headers: { ...headers, 'content-type': 'application/offset+octet-stream' },
      body: broken,
      duplex: 'half',
    } as RequestInit);
    await expect(request).rejects.toThrow();
    await expect.poll(() => offsetOf(id)).toBe('4');
    await append(id, 4, '567890');
    expect(await bytesOf(id)).toBe('half567890');
  });

  test('at another offset, too long, of another version or of another person is refused', async () => {
    const { id } = await begin(4);
    expect((await append(id, 2, 'x')).body).toMatchObject({ code: 'offset_mismatch' });
    expect((await append(id, 0, 'hello')).body).toMatchObject({ code: 'file_too_large' });
    expect((await append(id, 0, '')).headers.get('upload-offset')).toBe('0');
    expect(await offsetOf(id)).toBe('0');
    expect((await ann.call('POST', '/files/resumable', { headers: { 'upload-length': '4' } })).status).toBe(412);
    expect((await begin(20_000_001)).body).toMatchObject({ code: 'file_too_large' });
    expect((await begin(0)).body).toMatchObject({ code: 'file_empty' });
    expect((await begin(-1)).body).toMatchObject({ code: 'validation_error' });
    const eve = await buildUser(app.url, 'eve');
    expect((await eve.call('HEAD', `/files/resumable/${id}`, { headers: tus })).status).toBe(404);
  });

  test('can be given up, and ends by itself', async () => {
    const [first, second] = [await begin(4), await begin(4)];
    await append(first.id, 0, 'he');
    expect((await ann.call('DELETE', `/files/resumable/${first.id}`, { headers: tus })).status).toBe(204);
    expect((await append(first.id, 2, 'll')).status).toBe(404);
    clock += 25 * 3_600_000;
    expect((await append(second.id, 0, 'he')).status).toBe(410);
  });
});

test('the SDK goes on where the connection broke', async () => {
  const size = 9 * 1024 * 1024;
  let breaks = 2;
  const shares: number[] = [];
  const breaking: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (init?.method !== 'PATCH' || breaks === 0) return answer;
    breaks -= 1;
    throw new TypeError('the answer was lost');
  };
  const client = createClient({ baseUrl: app.url, storage: createMemoryStorage(), fetch: breaking });
  await client.login({ username: ann.username, password });
  const bytes = new Uint8Array(size).map((_, index) => index % 251);
  const file = await client.uploadFile(new Blob([bytes]), {
    name: 'large.bin',
    onProgress: (share) => shares.push(share),
  });
  expect(file).toMatchObject({ name: 'large.bin', size, status: 'ready' });
  expect(shares.at(-1)).toBe(1);
  const { headers } = await ann.call('GET', `/files/${file.id}/download`);
  const got = new Uint8Array(await (await fetch(new URL(headers.get('location')!, app.url))).arrayBuffer());
  expect(Buffer.compare(got, bytes)).toBe(0);
});
