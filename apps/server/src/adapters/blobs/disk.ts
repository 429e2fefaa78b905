import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Blobs, Handing } from '../../modules/files/blobs.ts';
import type { Signer } from './signatures.ts';
import { signingWindow } from './window.ts';

interface Options {
  folder: string;
  signer: Signer;
  /** Seconds that an address lives. */
  ttl: number;
  now?: () => number;
}

export type DiskBlobs = Blobs & {
  /** What a request for an address of ours may have. Undefined: it was not made here, or is over. */
  readDownload(key: string, query: Query): Handing | undefined;
  readUpload(key: string, query: Query): { mimeType: string; size: number } | undefined;
};

type Query = Readonly<Record<string, string | undefined>>;

/** Keys are made by the server; whatever else comes is none. */
const keyForm = /^(?:[a-z]+)(?:\/(?!\.)[A-Za-z0-9._-]{1,200}){1,2}$/;

export const isKey = (key: string): boolean => keyForm.test(key);

/** Objects as files below a folder, handed out and taken by addresses that the api itself serves (`http/blobs.ts`). */
export async function createDiskBlobs({ folder, signer, ttl, now = Date.now }: Options): Promise<DiskBlobs> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const identity = `disk ${await identityOf(folder)}`;

  function fileOf(key: string): string {
    if (!isKey(key)) throw new Error(`${key} is not the key of an object`);
    return join(folder, key);
  }

  const address = (method: 'GET' | 'PUT', key: string, fields: readonly [string, string][]): string => {
    const sig = signer.sign([method, key, ...fields.flat()]);
    return `/v1/blobs/${key}?${new URLSearchParams([...fields, ['sig', sig]])}`;
  };

  function isSigned(method: 'GET' | 'PUT', key: string, names: readonly string[], query: Query): boolean {
    const fields = names.flatMap((name) => [name, query[name] ?? '']);
    if (!isKey(key) || !signer.verify([method, key, ...fields], query.sig ?? '')) return false;
    return Number(query.until) * 1_000 >= now();
  }

  const expiry = (): { expiresAt: Date; until: string } => {
    const { expiresAt } = signingWindow(ttl, now());
    return { expiresAt, until: String(Math.floor(expiresAt.getTime() / 1_000)) };
  };

  return {
    name: `on disk, ${folder}`,
    identity,
    origins: [],

    async put(key, file) {
      const target = fileOf(key);
      const unfinished = `${target}.${randomUUID()}.new`;
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      try {
        await copyFile(file, unfinished);
        await flush(unfinished);
        await rename(unfinished, target);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },

    async open(key, range): Promise<Readable | undefined> {
      const handle = await open(fileOf(key)).catch(whenMissing);
      return handle?.createReadStream(range === undefined ? {} : { start: range.first, end: range.last });
    },

    size: async (key) => (await stat(fileOf(key)).catch(whenMissing))?.size,

    async remove(keys) {
      for (const key of keys) await rm(fileOf(key), { force: true });
    },

    async downloadUrl(key, { name, mimeType, isInline }) {
      const as = isInline ? 'inline' : 'attachment';
      return address('GET', key, [
        ['until', expiry().until],
        ['name', name],
        ['type', mimeType],
        ['as', as],
      ]);
    },

    async uploadUrl(key, { mimeType, size }) {
      const { until, expiresAt } = expiry();
      const url = address('PUT', key, [
        ['until', until],
        ['type', mimeType],
        ['size', String(size)],
      ]);
      return { url, headers: { 'content-type': mimeType }, expiresAt };
    },

    readDownload(key, query) {
      if (!isSigned('GET', key, ['until', 'name', 'type', 'as'], query)) return undefined;
      return { name: query.name ?? '', mimeType: query.type ?? '', isInline: query.as === 'inline' };
    },

    readUpload(key, query) {
      if (!isSigned('PUT', key, ['until', 'type', 'size'], query)) return undefined;
      return { mimeType: query.type ?? '', size: Number(query.size) };
    },
  };
}

function whenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name that the folder has had since it was made: two processes that read the same one share it. */
async function identityOf(folder: string): Promise<string> {
  const file = join(folder, 'identity');
  const read = async (): Promise<string> => (await readFile(file, 'utf8')).trim();
  return read().catch(async () => {
    const made = `${file}.${randomUUID()}`;
    await writeFile(made, randomUUID(), { mode: 0o600 });
    // Whole or not at all, whoever else makes one now: a link does not replace what is there.
    await link(made, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(made);
    return read();
  });
}
