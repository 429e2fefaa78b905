import type { Readable } from 'node:stream';
import { AppError, type StoredFile, type UploadGrant, type UploadRequest } from '@parley/contract';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import type { Db, Trx } from '../../db/schema.ts';
import type { Blobs } from './blobs.ts';
import { claimFiles } from './claims.ts';
import { needsExamination } from './examination.ts';
import type { Examiner } from './examiner.ts';
import { isPicture, kindOf } from './kinds.ts';
import { cleanName, handingOf, uploadKey } from './names.ts';
import { measure } from './pictures.ts';
import { refuseSending } from './policy.ts';
import type { Received, Scratch } from './scratch.ts';
import * as store from './store.ts';
import { toStoredFile } from './views.ts';

export interface FileSettings {
  maxBytes: number;
  quotaBytes: number;
}

interface Options {
  db: Db;
  blobs: Blobs;
  scratch: Scratch;
  examiner: Pick<Examiner, 'examine'>;
  hasScanner: boolean;
  settings: FileSettings;
  now(): number;
}

/** A file as it comes: what is said of it, and its bytes. */
export interface Incoming {
  name: string;
  mimeType: string;
  bytes: Readable;
}

interface Said {
  name: string;
  mimeType: string;
}

/** What is known once the bytes are in the store. */
type Enter = (trx: Trx, found: store.Kept) => Promise<store.FileRow>;

export type Files = ReturnType<typeof createFiles>;

const day = 86_400_000;
/** How long an upload waits to answer with what the examination found. */
const patienceMs = 2_000;

export function createFiles({ db, blobs, scratch, examiner, hasScanner, settings, now }: Options) {
  const inADay = (): Date => new Date(now() + day);

  function refuseSize(size: number): void {
    if (size > settings.maxBytes) throw new AppError('file_too_large', { max: settings.maxBytes });
  }

  async function reserve(trx: Trx, ownerId: string, size: number): Promise<void> {
    if ((await store.holdUsage(trx, ownerId)) + size > settings.quotaBytes)
      throw new AppError('quota_exceeded', { max: settings.quotaBytes });
  }

  async function requireOwn(userId: string, fileId: string): Promise<store.FileRow> {
    const file = await store.findFile(db, fileId);
    if (file === undefined || file.owner_id !== userId) throw new AppError('file_not_found');
    return file;
  }

  /** Examines it, and tells what is known of it after a moment. */
  async function examined(fileId: string): Promise<StoredFile> {
    const done = examiner.examine(fileId);
    await Promise.race([done.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, patienceMs))]);
    const file = await store.findFile(db, fileId);
    if (file === undefined) throw new AppError('file_not_found');
    return toStoredFile(file);
  }

  /** Puts bytes that are here into the store; `enter` writes the row that names them. */
  async function keep(id: string, said: Said, received: Received, enter: Enter): Promise<StoredFile> {
    const mimeType = kindOf(received.head, said.mimeType);
    const isExamined = needsExamination(mimeType, hasScanner);
    // What is drawn anew takes the key with its id.
    const objectKey = uploadKey(isPicture(mimeType) ? uuidv4() : id, said.name);
    await store.noteTrash(db, [objectKey], inADay());
    await blobs.put(objectKey, received.path, mimeType);
    // Its place is known to all from the start, while it is examined.
    const measures = isPicture(mimeType) ? await measure(received.path) : undefined;
    const file = await db.transaction().execute(async (trx) => {
      const row = await enter(trx, {
        status: isExamined ? 'processing' : 'ready',
        mimeType,
        objectKey,
        now: new Date(now()),
        ...measures,
      });
      await store.strikeTrash(trx, [objectKey]);
      return row;
    });
    return isExamined ? examined(id) : toStoredFile(file);
  }

  return {
    settings,
    refuseSize,
    reserve,

    /** A file whose row is there already, pending, and whose bytes are here now. */
    arrive: (file: store.FileRow, received: Received, also: (trx: Trx) => Promise<void>): Promise<StoredFile> =>
      keep(file.id, { name: file.name, mimeType: file.mime_type }, received, async (trx, found) => {
        const row = await store.setKept(trx, file.id, found);
        if (row === undefined) throw new AppError('gone');
        await also(trx);
        return row;
      }),

    async upload(userId: string, { name, mimeType, bytes }: Incoming): Promise<StoredFile> {
      const received = await scratch.receive(bytes, settings.maxBytes);
      try {
        refuseReceived(received, settings.maxBytes);
        const id = uuidv7();
        const { size } = received;
        const said = { name: cleanName(name), mimeType };
        // Looked at here, too: what there is no room for is not written to the store.
        await db.transaction().execute((trx) => reserve(trx, userId, size));
        return await keep(id, said, received, async (trx, found) => {
          await reserve(trx, userId, size);
          return store.insertFile(trx, { id, ownerId: userId, name: said.name, size, ...found });
        });
      } finally {
        await scratch.drop(received.path);
      }
    },

    async requestUpload(userId: string, { name, mimeType, size }: UploadRequest): Promise<UploadGrant> {
      refuseSize(size);
      const id = uuidv7();
      const objectKey = uploadKey(uuidv4(), cleanName(name));
      const { url, headers, expiresAt } = await blobs.uploadUrl(objectKey, { mimeType, size });
      await db.transaction().execute(async (trx) => {
        await reserve(trx, userId, size);
        const file = {
          id,
          ownerId: userId,
          status: 'pending',
          name: cleanName(name),
          mimeType,
          size,
          objectKey,
        } as const;
        await store.insertFile(trx, { ...file, arrivesBy: 'direct', expiresAt, now: new Date(now()) });
      });
      return { id, uploadUrl: url, method: 'PUT', headers, objectKey, expiresAt: expiresAt.toISOString() };
    },

    /** A repeat gets the same answer. */
    async confirmUpload(userId: string, fileId: string): Promise<StoredFile> {
      const file = await requireOwn(userId, fileId);
      if (file.status !== 'pending') return toStoredFile(file);
      if (file.arrives_by !== 'direct') throw new AppError('file_not_found');
      if ((await blobs.size(file.object_key)) !== file.size) throw new AppError('upload_incomplete');
      if (!(await store.setArrived(db, fileId, new Date(now())))) return toStoredFile(await requireOwn(userId, fileId));
      return examined(fileId);
    },

    status: async (userId: string, fileId: string): Promise<StoredFile> =>
      toStoredFile(await requireOwn(userId, fileId)),

    /** The one decision on who may have a file: its owner, and whoever may see a message that carries it. */
    async download(userId: string, fileId: string, wantsThumbnail: boolean): Promise<string> {
      const file = await store.findFile(db, fileId);
      const mayHave = file?.owner_id === userId || (await store.isShownTo(db, fileId, userId));
      if (file === undefined || !mayHave) throw new AppError('file_not_found');
      const refusal = refuseSending(file);
      if (refusal) throw new AppError(refusal);
      if (file.status !== 'ready') throw new AppError('file_not_ready', undefined, { retryAfter: 2 });
      if (wantsThumbnail && file.thumbnail_key !== null)
        return blobs.downloadUrl(file.thumbnail_key, handingOf({ name: 'thumbnail.webp', mimeType: 'image/webp' }));
      return blobs.downloadUrl(file.object_key, handingOf({ name: file.name, mimeType: file.mime_type }));
    },

    /** For a message: one's own files that are not refused, in the order asked for. They will not be removed for a day. */
    async claimForSending(userId: string, fileIds: readonly string[]): Promise<{ id: string; mimeType: string }[]> {
      return (await claimFiles(db, userId, fileIds, now())).map((file) => {
        const refusal = refuseSending(file);
        if (refusal || file === undefined) throw new AppError(refusal ?? 'file_not_found');
        return { id: file.id, mimeType: file.mime_type };
      });
    },

    /** The bytes of a picture of one's own, in a local file that is the caller's to remove. */
    async fetchOwn(userId: string, fileId: string): Promise<Received> {
      const file = await requireOwn(userId, fileId);
      const refusal = refuseSending(file) ?? (file.status === 'ready' ? undefined : 'file_not_ready');
      if (refusal) throw new AppError(refusal);
      const bytes = await blobs.open(file.object_key);
      if (bytes === undefined) throw new AppError('file_not_found');
      return scratch.receive(bytes, file.size);
    },
  };
}

/** What came is all of it, not too much, and not nothing. */
export function refuseReceived({ size, end }: Received, max: number): void {
  if (end === 'too_large') throw new AppError('file_too_large', { max });
  if (end === 'broken')
    throw new AppError('validation_error', { errors: [{ path: '/file', message: 'ends before its end' }] });
  if (size === 0) throw new AppError('file_empty');
}
