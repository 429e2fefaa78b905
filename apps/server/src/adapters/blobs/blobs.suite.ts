import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Blobs } from '../../modules/files/blobs.ts';

export interface BlobsStage {
  blobs: Blobs;
  /** Follows an address as a browser does. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Moves the clock on, or back, that addresses are signed by. */
  wait(milliseconds: number): void;
  close(): Promise<void>;
}

const hour = 3_600_000;

/** What every store must keep, whatever holds the bytes. Addresses live 900 s. */
export function describeBlobs(name: string, open: () => Promise<BlobsStage>): void {
  describe(name, () => {
    let stage: BlobsStage;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'parley-blobs-'));
      stage = await open();
    });
    afterAll(async () => {
      await stage.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function put(content: string, key = `uploads/${randomUUID()}_a.txt`): Promise<string> {
      const file = join(folder, randomUUID());
      await writeFile(file, content);
      await stage.blobs.put(key, file, 'text/plain');
      return key;
    }

    async function expectRefusal(url: string, init?: RequestInit): Promise<void> {
      const { status } = await stage.fetch(url, init);
      expect([400, 403, 410, 413, 415], `${init?.method ?? 'GET'} ${url}`).toContain(status);
    }

    const read = async (key: string, range?: { first: number; last: number }): Promise<string | undefined> => {
      const bytes = await stage.blobs.open(key, range);
      return bytes && text(bytes);
    };

    test('an object is had as it was put, whole or in part', async () => {
      const key = await put('0123456789');
      expect(await read(key)).toBe('0123456789');
      expect(await read(key, { first: 2, last: 4 })).toBe('234');
      expect(await stage.blobs.size(key)).toBe(10);
    });

    test('an object put again is the later one', async () => {
      const key = await put('first');
      await put('second', key);
      expect(await read(key)).toBe('second');
    });

    test('an object that is not there is none', async () => {
      const key = `uploads/${randomUUID()}_a.txt`;
      expect(await stage.blobs.size(key)).toBeUndefined();
      expect(await stage.blobs.open(key)).toBeUndefined();
      await stage.blobs.remove([key]);
    });

    test('objects are removed, others stay', async () => {
      const keys = await Promise.all(['a', 'b', 'c'].map((content) => put(content)));
      await stage.blobs.remove(keys.slice(0, 2));
      await stage.blobs.remove([]);
      expect(await Promise.all(keys.map((key) => stage.blobs.size(key)))).toEqual([undefined, undefined, 1]);
    });

    test('an address hands out the object under the name and as the kind that was said', async () => {
      const key = await put('hello');
      const url = await stage.blobs.downloadUrl(key, { name: 'Grüße.txt', mimeType: 'text/plain', isInline: false });
      const answer = await stage.fetch(url);
      expect(await answer.text()).toBe('hello');
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="Gr__e.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`,
      );
      const part = await stage.fetch(url, { headers: { range: 'bytes=1-2' } });
      expect([part.headers.get('content-range'), await part.text()]).toEqual(['bytes 1-2/5', 'el']);
    });

    test('an address stays the same for a while, and ends', async () => {
      const key = await put('hello');
      const handing = { name: 'a.txt', mimeType: 'text/plain', isInline: false };
      stage.wait(900_000 - (Date.now() % 300_000));
      const url = await stage.blobs.downloadUrl(key, handing);
      stage.wait(1_000);
      expect(await stage.blobs.downloadUrl(key, handing)).toBe(url);
      stage.wait(400_000);
      expect(await stage.blobs.downloadUrl(key, handing)).not.toBe(url);
    });

    test('an address that was changed anywhere hands out nothing', async () => {
      const [key, other] = [await put('hello'), await put('other')];
      const url = await stage.blobs.downloadUrl(key, { name: 'a.txt', mimeType: 'text/plain', isInline: false });
      for (const changed of [url.replace(key, other), url.replace('attachment', 'inline'), ...forgeriesOf(url)])
        await expectRefusal(changed);
      await expectRefusal(url, { method: 'PUT', body: 'mine' });
      expect(await read(key)).toBe('hello');
    });

    test('an address whose time is over hands out nothing, and takes nothing', async () => {
      const key = await put('hello');
      stage.wait(-hour);
      const url = await stage.blobs.downloadUrl(key, { name: 'a.txt', mimeType: 'text/plain', isInline: false });
      const grant = await stage.blobs.uploadUrl(key, { mimeType: 'text/plain', size: 4 });
      stage.wait(hour);
      await expectRefusal(url);
      await expectRefusal(grant.url, { method: 'PUT', headers: grant.headers, body: 'mine' });
      expect(await read(key)).toBe('hello');
    });

    test('an address takes an object', async () => {
      const key = `uploads/${randomUUID()}_a.txt`;
      const { url, headers, expiresAt } = await stage.blobs.uploadUrl(key, { mimeType: 'text/plain', size: 5 });
      expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
      const answer = await stage.fetch(url, { method: 'PUT', headers, body: 'hello' });
      expect(answer.status).toBe(200);
      expect(await read(key)).toBe('hello');
    });

    test('an address takes nothing else than was said', async () => {
      const [key, other] = [`uploads/${randomUUID()}_a.txt`, `uploads/${randomUUID()}_a.txt`];
      const { url, headers } = await stage.blobs.uploadUrl(key, { mimeType: 'text/plain', size: 5 });
      const asSaid = { method: 'PUT', headers, body: 'hello' };
      for (const changed of [url.replace(key, other), ...forgeriesOf(url)]) await expectRefusal(changed, asSaid);
      await expectRefusal(url, { ...asSaid, body: 'hello there' });
      await expectRefusal(url, { ...asSaid, headers: { ...headers, 'content-type': 'text/html' } });
      await expectRefusal(url, { method: 'GET' });
      expect([await stage.blobs.size(key), await stage.blobs.size(other)]).toEqual([undefined, undefined]);
    });
  });
}

/** The address with one of its parameters changed or left out, for each of them. */
function forgeriesOf(url: string): string[] {
  const [path, query] = url.split('?') as [string, string];
  const pairs = query.split('&');
  const without = (index: number) => pairs.toSpliced(index, 1);
  const changed = (index: number) =>
    pairs.with(
      index,
      pairs[index]!.replace(/=./, (from) => (from === '=0' ? '=1' : '=0')),
    );
  return pairs.flatMap((_, index) => [without(index), changed(index)]).map((parts) => `${path}?${parts.join('&')}`);
}
