import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { serveBlobs } from '../../http/blobs.ts';
import { createScratch } from '../../modules/files/scratch.ts';
import { type BlobsStage, describeBlobs } from './blobs.suite.ts';
import { createDiskBlobs } from './disk.ts';
import { createSigner } from './signatures.ts';

const signer = createSigner(generateKeyPairSync('ed25519').privateKey);

async function open(): Promise<BlobsStage> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-disk-'));
  let ahead = 0;
  const blobs = await createDiskBlobs({ folder, signer, ttl: 900, now: () => Date.now() + ahead });
  const scratch = createScratch();
  const server = Fastify();
  serveBlobs(server, { blobs, scratch, ttl: 900 });
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    blobs,
    fetch: (url, init) => fetch(new URL(url, address), init),
    wait: (milliseconds) => {
      ahead += milliseconds;
    },
    async close() {
      await server.close();
      await scratch.close();
      await rm(folder, { recursive: true });
    },
  };
}

describeBlobs('files on disk', open);

test('nothing outside the folder has a key, and nothing in it is for others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-disk-'));
  const blobs = await createDiskBlobs({ folder: join(folder, 'blobs'), signer, ttl: 900 });
  for (const key of [
    '../a',
    'uploads/../../a',
    '/etc/passwd',
    'uploads/',
    'uploads/.hidden',
    'identity',
    'uploads/a\0b',
    'a/b/c/d',
  ])
    await expect(blobs.open(key), key).rejects.toThrow('is not the key');
  await writeFile(join(folder, 'a'), 'x');
  await blobs.put('uploads/a', join(folder, 'a'), 'text/plain');
  expect((await stat(join(folder, 'blobs/uploads'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'blobs/uploads')), 'nothing unfinished').toEqual(['a']);
  await rm(folder, { recursive: true });
});

test('two that have the same folder are the same store, two that do not are not', async () => {
  const [one, other] = [await mkdtemp(join(tmpdir(), 'parley-disk-')), await mkdtemp(join(tmpdir(), 'parley-disk-'))];
  // All at once, as instances that are started together.
  const stores = await Promise.all(
    Array.from({ length: 20 }, () => createDiskBlobs({ folder: one, signer, ttl: 900 })),
  );
  expect(new Set(stores.map(({ identity }) => identity)).size).toBe(1);
  expect((await createDiskBlobs({ folder: other, signer, ttl: 900 })).identity).not.toBe(stores[0]!.identity);
  for (const folder of [one, other]) await rm(folder, { recursive: true });
});
