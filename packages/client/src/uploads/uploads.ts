import type { StoredFile } from '@parley/contract';
import { v4 as uuid } from 'uuid';
import type { UploadOptions } from '../client/uploading.ts';
import { ApiError, networkError } from '../http/api-error.ts';
import { createPauses } from '../outbox/pauses.ts';
import { sendUntilJudged } from '../outbox/sending.ts';
import type { Storage } from '../storage/storage.ts';
import type { Shelf } from './shelf.ts';
import { type FileAbout, type KeptUpload, maxKeptBytes, type Upload } from './upload.ts';

export interface UploadsOptions {
  shelf: Shelf;
  /** Shared with the other tabs: one of them uploads a file. */
  storage: Pick<Storage, 'locks' | 'channels'>;
  userId: string;
  upload(bytes: Blob, options: UploadOptions): Promise<StoredFile>;
  onChange(upload: Upload): void;
  onRemove(upload: Pick<Upload, 'id' | 'chatId'>): void;
  onError?(error: unknown): void;
  maxBytes?: number;
  random?: () => number;
}

export interface Uploads {
  /** Takes up what an earlier run left behind. */
  open(): Promise<void>;
  /** Kept where there is room, then uploaded: no need to wait for it. */
  add(chatId: string, bytes: Blob, about: FileAbout): Promise<Upload>;
  /** Gives it up, here and in other tabs. */
  remove(id: string): Promise<void>;
  /** The chat is gone: so are its files. */
  discardChat(chatId: string): Promise<void>;
  /** Uploads it again: it was refused, or the server has let it go. */
  retry(id: string): Promise<void>;
  bytes(id: string): Blob | undefined;
  find(id: string): Upload | undefined;
  /** Waits until no tab works on it; whether it is kept. */
  isLost(id: string): Promise<boolean>;
  wake(): void;
  close(): void;
}

interface Work {
  upload: Upload;
  kept: KeptUpload;
  bytes: Blob;
  ending: AbortController;
}

/** At once; the others wait for their turn. */
const hands = 2;
/** The server lets go of what no message carries after a day. */
const freshMs = 20 * 3_600_000;

/** Files on their way, chosen but perhaps not yet sent, in a storage that survives a reload. */
export function createUploads(options: UploadsOptions): Uploads {
  const { shelf, userId, storage, maxBytes = maxKeptBytes } = options;
  const works = new Map<string, Work>();
  const pauses = createPauses();
  const ending = new AbortController();
  let running = 0;
  /** Of files that are being put on the shelf. */
  let comingBytes = 0;

  const report = (error: unknown): void => {
    if (!ending.signal.aborted) options.onError?.(error);
  };

  const show = (work: Work, change: Partial<Upload>): void => {
    work.upload = { ...work.upload, ...change };
    if (works.has(work.upload.id)) options.onChange(work.upload);
  };

  const note = async (work: Work, change: Partial<KeptUpload>): Promise<void> => {
    work.kept = { ...work.kept, ...change };
    if (!work.upload.isKept) return;
    await shelf.change(userId, work.kept);
    channel?.say(work.upload.id);
  };

  /** Two at a time, the oldest first. */
  const begin = (): void => {
    for (const work of works.values()) {
      if (running >= hands || ending.signal.aborted) return;
      if (work.upload.state !== 'waiting') continue;
      running += 1;
      show(work, { state: 'uploading' });
      void run(work)
        .catch(report)
        .finally(() => {
          running -= 1;
          begin();
        });
    }
  };

  const run = async (work: Work): Promise<void> => {
    const signal = AbortSignal.any([work.ending.signal, ending.signal]);
    await storage.locks
      .hold(`upload/${userId}/${work.upload.id}`, () => deliver(work, signal), signal)
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  };

  /** Under the lock: another tab may have uploaded it meanwhile. */
  const deliver = async (work: Work, signal: AbortSignal): Promise<void> => {
    const { id, isKept } = work.upload;
    const found = isKept ? await shelf.find(userId, id) : work.kept;
    if (found === undefined) return drop(id);
    work.kept = found;
    if (found.file !== undefined) return show(work, { state: 'done', share: 1, file: found.file });
    let file: StoredFile | undefined;
    const outcome = await sendUntilJudged({
      send: async () => {
        file = await attempt(work, signal);
        return file;
      },
      isOver: async () => signal.aborted,
      pause: (ms) => pauses.wait(ms, signal),
      onError: options.onError,
      random: options.random,
    });
    if (signal.aborted) return;
    if (outcome instanceof ApiError) await refuse(work, outcome.code);
    else if (file?.status === 'rejected') await refuse(work, 'file_rejected');
    else if (file !== undefined) await finish(work, file);
  };

  const finish = async (work: Work, file: StoredFile): Promise<void> => {
    await note(work, { file, uploadedAt: new Date().toISOString() });
    show(work, { state: 'done', share: 1, file });
  };

  const refuse = async (work: Work, errorCode: string): Promise<void> => {
    await note(work, { errorCode });
    show(work, { state: 'failed', errorCode });
  };

  /** Goes on where an earlier run was; from the beginning where the server knows nothing of that any more. */
  const attempt = async (work: Work, signal: AbortSignal): Promise<StoredFile> => {
    try {
      return await options.upload(work.bytes, {
        name: work.upload.name,
        signal,
        onProgress: (share) => show(work, { share }),
        onBegin: (uploadId) => void note(work, { uploadId }).catch(report),
        ...(work.kept.uploadId === undefined ? {} : { uploadId: work.kept.uploadId }),
      });
    } catch (error) {
      // Given up: not a failure of the file.
      if (signal.aborted) throw networkError(error);
      const isForgotten = error instanceof ApiError && (error.status === 404 || error.status === 410);
      if (!isForgotten || work.kept.uploadId === undefined) throw error;
      const { uploadId: _, ...kept } = work.kept;
      work.kept = kept;
      await shelf.change(userId, kept);
      throw networkError(error);
    }
  };

  const enter = (kept: KeptUpload, bytes: Blob, isKept: boolean): Upload => {
    const { addedAt: _1, uploadId: _2, uploadedAt: _3, ...about } = kept;
    const state = kept.errorCode !== undefined ? 'failed' : kept.file !== undefined ? 'done' : 'waiting';
    const upload: Upload = { ...about, state, share: state === 'done' ? 1 : 0, isKept };
    works.set(upload.id, { upload, kept, bytes, ending: new AbortController() });
    options.onChange(upload);
    return upload;
  };

  /** As it is kept; from the beginning where the server has let it go by now. */
  const restore = async (kept: KeptUpload): Promise<void> => {
    const bytes = await shelf.bytes(userId, kept.id);
    if (bytes === undefined) return;
    const isOld = Date.now() - Date.parse(kept.uploadedAt ?? kept.addedAt) > freshMs;
    const { file: _1, uploadId: _2, uploadedAt: _3, ...anew } = kept;
    if (isOld) await shelf.change(userId, anew);
    if (!works.has(kept.id)) enter(isOld ? anew : kept, bytes, true);
  };

  const drop = (id: string): void => {
    const work = works.get(id);
    if (work === undefined) return;
    works.delete(id);
    work.ending.abort();
    options.onRemove(work.upload);
  };

  /** Another tab changed it: how it stands now is on the shelf. */
  const hear = (id: string): void => {
    const look = async (): Promise<void> => {
      const kept = await shelf.find(userId, id);
      if (ending.signal.aborted) return;
      const work = works.get(id);
      if (kept === undefined) return drop(id);
      if (work === undefined) await restore(kept);
      else if (kept.file !== undefined) show(work, { state: 'done', share: 1, file: kept.file });
      begin();
    };
    look().catch(report);
  };
  const channel = storage.channels?.(`uploads/${userId}`, hear);

  const keptBytes = (): number =>
    [...works.values()].reduce((sum, { upload }) => sum + (upload.isKept ? upload.size : 0), comingBytes);

  /** Without a place for it the file lasts as long as the page. */
  const keep = async (kept: KeptUpload, bytes: Blob): Promise<boolean> => {
    if (keptBytes() + kept.size > maxBytes) return false;
    comingBytes += kept.size;
    try {
      await shelf.add(userId, kept, bytes);
      return true;
    } catch {
      return false;
    } finally {
      comingBytes -= kept.size;
    }
  };

  const remove = async (id: string): Promise<void> => {
    const isKept = works.get(id)?.upload.isKept;
    drop(id);
    if (isKept === false) return;
    await shelf.remove(userId, id);
    channel?.say(id);
  };

  return {
    async open() {
      for (const kept of await shelf.all(userId).catch(() => [])) await restore(kept);
      begin();
    },
    async add(chatId, bytes, about) {
      const { type: mimeType, size } = bytes;
      const kept: KeptUpload = { ...about, id: uuid(), chatId, mimeType, size, addedAt: new Date().toISOString() };
      const isKept = await keep(kept, bytes);
      if (ending.signal.aborted) {
        if (isKept) await shelf.remove(userId, kept.id);
        throw networkError();
      }
      const upload = enter(kept, bytes, isKept);
      if (isKept) channel?.say(upload.id);
      begin();
      return upload;
    },
    remove,
    async discardChat(chatId) {
      const gone = [...works.values()].filter(({ upload }) => upload.chatId === chatId);
      for (const { upload } of gone) await remove(upload.id);
    },
    async retry(id) {
      const work = works.get(id);
      if (work === undefined || work.upload.state === 'uploading' || work.upload.state === 'waiting') return;
      const { errorCode: _1, file: _2, uploadId: _3, ...kept } = work.kept;
      work.kept = kept;
      const { errorCode: _4, file: _5, ...upload } = work.upload;
      work.upload = { ...upload, state: 'waiting', share: 0 };
      if (work.upload.isKept) await shelf.change(userId, kept);
      options.onChange(work.upload);
      begin();
    },
    bytes: (id) => works.get(id)?.bytes,
    find: (id) => works.get(id)?.upload,
    isLost: (id) =>
      storage.locks.hold(
        `upload/${userId}/${id}`,
        async () => !works.has(id) && (await shelf.find(userId, id)) === undefined,
        ending.signal,
      ),
    wake: () => pauses.wake(),
    close() {
      ending.abort();
      channel?.close();
    },
  };
}

/** Drops all files that a person has not sent from here. */
export async function forgetUploads(shelf: Shelf, userId: string): Promise<void> {
  // What has no shelf has nothing on it.
  for (const { id } of await shelf.all(userId).catch(() => [])) await shelf.remove(userId, id);
}
