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
  /** How the address says that the object is handed out; moto does not do as it says. */
  handingOf(url: string, answer: Response): { type: string | null; disposition: string | null };
  /** Whether what stands behind the addresses looks at their signatures; moto does not. */
  checksSignatures: boolean;
  /** Moves the clock on. */
  wait(milliseconds: number): void;
  close(): Promise<void>;
}

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
      const { type, disposition } = stage.handingOf(url, answer);
      expect(type).toMatch(/^text\/plain/);
      expect(disposition).toBe(`attachment; filename="Gr__e.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`);
      const part = await stage.fetch(url, { headers: { range: 'bytes=1-2' } });
      expect([part.status, await part.text()]).toEqual([206, 'el']);
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

    test('an address that was changed hands out nothing', async ({ skip }) => {
      if (!stage.checksSignatures) return skip('this server checks no signatures');
      const [key, other] = [await put('hello'), await put('other')];
      const handing = { name: 'a.txt', mimeType: 'text/plain', isInline: false };
      const url = await stage.blobs.downloadUrl(key, handing);
      expect((await stage.fetch(url.replace(key, other))).ok).toBe(false);
      expect((await stage.fetch(url.replace('attachment', 'inline'))).ok).toBe(false);
    });

    test('an address takes an object', async () => {
      const key = `uploads/${randomUUID()}_a.txt`;
      const { url, headers, expiresAt } = await stage.blobs.uploadUrl(key, { mimeType: 'text/plain', size: 5 });
      expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
      const answer = await stage.fetch(url, { method: 'PUT', headers, body: 'hello' });
      expect(answer.status).toBe(200);
      expect(await read(key)).toBe('hello');
    });
  });
}
