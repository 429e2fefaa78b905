import type { StoredFile } from '@parley/contract';
import { afterEach, describe, expect, it } from 'vitest';
import type { UploadOptions } from '../client/uploading.ts';
import { ApiError, networkError } from '../http/api-error.ts';
import { createMemoryStorage } from '../storage/storage.ts';
import { until } from '../testing/until.ts';
import { createMemoryShelf } from './shelf.ts';
import type { Upload } from './upload.ts';
import { createUploads, type Uploads } from './uploads.ts';

const opened: Uploads[] = [];
afterEach(() => {
  for (const uploads of opened.splice(0)) uploads.close();
});

type Answer = (name: string, options: UploadOptions) => Promise<void> | void;

const fileOf = (name: string): StoredFile => ({
  id: `file-${name}`,
  name,
  mimeType: 'text/plain',
  size: 1,
  objectKey: name,
  url: `/v1/files/${name}`,
  status: 'ready',
});

/** What one browser keeps; `visit` is a tab, or a reload. */
function buildBrowser(answer: Answer = () => undefined) {
  const [shelf, storage] = [createMemoryShelf(), createMemoryStorage()];
  const tries: string[] = [];
  const visit = async (maxBytes?: number) => {
    const seen = new Map<string, Upload>();
    const uploads = createUploads({
      shelf,
      storage,
      userId: 'u1',
      upload: async (_bytes, options) => {
        const { name = '' } = options;
        tries.push(name);
        await answer(name, options);
        return fileOf(name);
      },
      onChange: (upload) => void seen.set(upload.name, upload),
      onRemove: ({ id }) => {
        for (const [name, upload] of seen) if (upload.id === id) seen.delete(name);
      },
      random: () => 0,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    opened.push(uploads);
    await uploads.open();
    const add = (name: string, text = 'x') => uploads.add('c1', new Blob([text]), { name });
    const isDone = (name: string) => until(() => seen.get(name)?.state === 'done');
    return { uploads, seen, add, isDone };
  };
  return { visit, tries, shelf };
}

describe('files on their way', () => {
  it('are tried again until the network is back', async () => {
    let isCut = true;
    const browser = buildBrowser(() => {
      if (isCut) throw networkError();
    });
    const { add, isDone, seen } = await browser.visit();
    await add('a');
    await until(() => browser.tries.length > 2);
    expect(seen.get('a')?.state).toBe('uploading');
    isCut = false;
    await isDone('a');
    expect(seen.get('a')?.file?.id).toBe('file-a');
  });

  it('that are refused say why, and go when they are tried again', async () => {
    let isFull = true;
    const browser = buildBrowser(() => {
      if (isFull) throw new ApiError('quota_exceeded', '', { status: 422 });
    });
    const { add, uploads, seen, isDone } = await browser.visit();
    const { id } = await add('a');
    await until(() => seen.get('a')?.state === 'failed');
    expect(seen.get('a')?.errorCode).toBe('quota_exceeded');
    isFull = false;
    await uploads.retry(id);
    await isDone('a');
  });

  it('outlive a reload: what was done is not done again, what was not goes on', async () => {
    let isCut = false;
    const browser = buildBrowser((name) => {
      if (isCut && name === 'b') throw networkError();
    });
    const before = await browser.visit();
    await before.add('a');
    await before.isDone('a');
    isCut = true;
    await before.add('b');
    before.uploads.close();
    isCut = false;
    const after = await browser.visit();
    await after.isDone('b');
    expect(after.seen.get('a')?.state).toBe('done');
    expect(browser.tries.filter((name) => name === 'a')).toHaveLength(1);
  });

  it('in pieces go on where they were; from the beginning when the server has forgotten them', async () => {
    const asked: (string | undefined)[] = [];
    let isOver = false;
    const browser = buildBrowser((_name, options) => {
      asked.push(options.uploadId);
      if (options.uploadId !== undefined) throw new ApiError('gone', '', { status: 410 });
      options.onBegin?.('u-1');
      if (!isOver) throw networkError();
    });
    const before = await browser.visit();
    await before.add('a');
    await until(() => asked.length >= 3);
    expect(asked.slice(0, 3)).toEqual([undefined, 'u-1', undefined]);
    isOver = true;
    await before.isDone('a');
  });

  it('are kept as far as there is room, and uploaded all the same', async () => {
    const browser = buildBrowser();
    const { add, isDone } = await browser.visit(10);
    expect((await add('small', 'x'.repeat(8))).isKept).toBe(true);
    expect((await add('large', 'x'.repeat(8))).isKept).toBe(false);
    await isDone('large');
    expect((await browser.shelf.all('u1')).map(({ name }) => name)).toEqual(['small']);
  });

  it('that are added at once share the room there is', async () => {
    const browser = buildBrowser();
    const { add } = await browser.visit(10);
    const both = await Promise.all([add('one', 'x'.repeat(8)), add('other', 'x'.repeat(8))]);
    expect(both.map(({ isKept }) => isKept)).toEqual([true, false]);
  });

  it('are uploaded anew after a day, and not at each visit from then on', async () => {
    const browser = buildBrowser();
    const before = await browser.visit();
    const { id } = await before.add('a');
    await before.isDone('a');
    before.uploads.close();
    const kept = await browser.shelf.find('u1', id);
    const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString();
    await browser.shelf.change('u1', { ...kept!, addedAt: yesterday, uploadedAt: yesterday });
    const visits = [await browser.visit()];
    await until(() => browser.tries.length === 2);
    await visits[0]!.isDone('a');
    visits[0]!.uploads.close();
    const last = await browser.visit();
    expect(last.seen.get('a')?.state).toBe('done');
    expect(browser.tries).toHaveLength(2);
  });

  it('of a chat that is gone are gone, also those that no message names', async () => {
    const browser = buildBrowser();
    const { uploads, add, seen } = await browser.visit();
    await add('a');
    await uploads.discardChat('c2');
    expect(seen.size).toBe(1);
    await uploads.discardChat('c1');
    expect([seen.size, await browser.shelf.all('u1')]).toEqual([0, []]);
  });

  it('that were being kept when somebody signed out leave nothing behind', async () => {
    const browser = buildBrowser();
    const { uploads, add, seen } = await browser.visit();
    const adding = add('a');
    uploads.close();
    await expect(adding).rejects.toThrow();
    expect([seen.size, await browser.shelf.all('u1')]).toEqual([0, []]);
  });

  it('are uploaded by one tab, and gone from all when they are taken out', async () => {
    const browser = buildBrowser(() => new Promise((resolve) => setTimeout(resolve, 20)));
    const [one, other] = [await browser.visit(), await browser.visit()];
    const { id } = await one.add('a');
    await Promise.all([one.isDone('a'), other.isDone('a')]);
    expect(browser.tries).toEqual(['a']);
    await other.uploads.remove(id);
    await until(() => one.seen.size === 0 && other.seen.size === 0);
  });
});
