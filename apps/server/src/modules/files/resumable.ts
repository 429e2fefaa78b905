import { Readable } from 'node:stream';
import { AppError } from '@parley/contract';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import type { Db, Trx } from '../../db/schema.ts';
import type { Blobs } from './blobs.ts';
import { cleanName, uploadKey } from './names.ts';
import { addPart, type Part, partsOf, removeParts } from './parts.ts';
import type { Received, Scratch } from './scratch.ts';
import type { Files } from './service.ts';
import * as store from './store.ts';

interface Options {
  db: Db;
  blobs: Blobs;
  scratch: Scratch;
  files: Pick<Files, 'refuseSize' | 'reserve' | 'arrive'>;
  now(): number;
}

export interface Progress {
  offset: number;
  size: number;
  expiresAt: Date;
}

export type Resumable = ReturnType<typeof createResumable>;

const day = 86_400_000;

/**
 * Uploads that survive a broken connection (tus 1.0): each request leaves a part in the store, so any instance can go on; with
 * the last one the parts become the file.
 */
export function createResumable({ db, blobs, scratch, files, now }: Options) {
  async function find(userId: string, id: string): Promise<store.FileRow> {
    const file = await store.findFile(db, id);
    if (file?.owner_id !== userId || (file.arrives_by !== 'parts' && file.status === 'pending'))
      throw new AppError('file_not_found');
    if (file.status === 'pending' && (file.expires_at?.getTime() ?? 0) < now()) throw new AppError('gone');
    return file;
  }

  async function progress(file: store.FileRow): Promise<Progress> {
    const expiresAt = file.expires_at ?? new Date(now());
    if (file.status !== 'pending') return { offset: file.size, size: file.size, expiresAt };
    return { offset: endOf(await partsOf(db, file.id)), size: file.size, expiresAt };
  }

  /** Whatever came before the request ended or broke. */
  async function keepPart(file: store.FileRow, firstByte: number, received: Received): Promise<void> {
    const objectKey = `uploads/${file.id}_part_${uuidv4()}`;
    await store.noteTrash(db, [objectKey], new Date(now() + day));
    await blobs.put(objectKey, received.path, 'application/octet-stream');
    await db.transaction().execute(async (trx) => {
      const part: Part = { firstByte, size: received.size, objectKey };
      if (!(await addPart(trx, file.id, part))) throw new AppError('offset_mismatch');
      await store.strikeTrash(trx, [objectKey]);
    });
  }

  /** The parts, one after the other, as one file. Another request may have joined them; then that is the file. */
  async function join(file: store.FileRow): Promise<void> {
    const parts = await partsOf(db, file.id);
    const received = await scratch.receive(readAll(blobs, parts), file.size);
    try {
      if (received.size !== file.size) throw new Error(`the parts of ${file.id} are not what they were`);
      const dropParts = async (trx: Trx) => store.noteTrash(trx, await removeParts(trx, file.id), new Date(now()));
      await files.arrive(file, received, dropParts).catch((error) => {
        if (!(error instanceof AppError && error.code === 'gone')) throw error;
      });
    } finally {
      await scratch.drop(received.path);
    }
  }

  return {
    async create(
      userId: string,
      said: { name: string; mimeType: string; size: number },
    ): Promise<Progress & { id: string }> {
      files.refuseSize(said.size);
      if (said.size === 0) throw new AppError('file_empty');
      const id = uuidv7();
      const name = cleanName(said.name);
      const expiresAt = new Date(now() + day);
      await db.transaction().execute(async (trx) => {
        await files.reserve(trx, userId, said.size);
        const file = {
          id,
          ownerId: userId,
          status: 'pending',
          name,
          mimeType: said.mimeType,
          size: said.size,
        } as const;
        await store.insertFile(trx, {
          ...file,
          objectKey: uploadKey(id, name),
          arrivesBy: 'parts',
          expiresAt,
          now: new Date(now()),
        });
      });
      return { id, offset: 0, size: said.size, expiresAt };
    },

    /** All of it may be here without being joined: whoever was to do it is gone. */
    async progress(userId: string, id: string): Promise<Progress> {
      const file = await find(userId, id);
      const found = await progress(file);
      if (file.status === 'pending' && found.offset === file.size) await join(file);
      return found;
    },

    async append(userId: string, id: string, offset: number, bytes: Readable): Promise<Progress> {
      const file = await find(userId, id);
      const before = await progress(file);
      if (offset !== before.offset) throw new AppError('offset_mismatch');
      const received = await scratch.receive(bytes, file.size - offset);
      try {
        if (received.end === 'too_large') throw new AppError('file_too_large', { max: file.size });
        if (received.size > 0) await keepPart(file, offset, received);
      } finally {
        await scratch.drop(received.path);
      }
      const after = await progress(file);
      if (after.offset === file.size) await join(file);
      return after;
    },

    async cancel(userId: string, id: string): Promise<void> {
      const file = await find(userId, id);
      if (file.status !== 'pending') throw new AppError('gone');
      await db.transaction().execute(async (trx) => {
        await store.noteTrash(trx, await removeParts(trx, id), new Date(now()));
        await trx.deleteFrom('files').where('id', '=', id).where('status', '=', 'pending').execute();
      });
    },
  };
}

const endOf = (parts: readonly Part[]): number => parts.reduce((end, { size }) => end + size, 0);

function readAll(blobs: Blobs, parts: readonly Part[]): Readable {
  return Readable.from(
    (async function* () {
      for (const { objectKey } of parts) {
        const bytes = await blobs.open(objectKey);
        if (bytes === undefined) throw new Error(`${objectKey} is gone`);
        yield* bytes;
      }
    })(),
  );
}
