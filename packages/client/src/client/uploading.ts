import type { Chat, Me, StoredFile } from '@parley/contract';
import { ApiError, isPassing } from '../http/api-error.ts';
import type { Http } from '../http/http.ts';
import { createBackoff } from '../realtime/backoff.ts';
import { putChat } from '../store/chats.ts';
import type { Store } from '../store/store.ts';

export interface UploadOptions {
  /** Its name where the blob has none. */
  name?: string;
  /** Of 1. */
  onProgress?(share: number): void;
  /** Gives it up. */
  signal?: AbortSignal;
  /** Of an upload in pieces that was begun before (`onBegin`): it goes on where that was. */
  uploadId?: string;
  onBegin?(uploadId: string): void;
}

export interface Uploading {
  /**
   * Uploads a file; name its id in a message (`send`). A large one goes in pieces and survives breaks of the connection: it
   * waits for the network and goes on where it was. Rejects when the server refuses it, or when it is given up.
   */
  uploadFile(file: Blob, options?: UploadOptions): Promise<StoredFile>;
  /** Where a page finds what a message or a person names by a path (`attachment.url`, `avatarUrl`, `sticker.url`). */
  fileUrl(path: string): string;
  /** One's picture; `undefined` for none. */
  setAvatar(picture: Blob | undefined): Promise<Me>;
  setChatAvatar(chatId: string, picture: Blob | undefined): Promise<Chat>;
}

interface Parts {
  baseUrl: string;
  http: Pick<Http, 'call' | 'request'>;
  store: Store;
  pieceBytes?: number;
  pause?(milliseconds: number): Promise<void>;
}

const tus = { 'tus-resumable': '1.0.0' };
const pieceType = 'application/offset+octet-stream';
/** Time for one piece, or for a whole small file. */
const patienceMs = 10 * 60_000;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function createUploading(parts: Parts): Uploading {
  const { baseUrl, http, store, pieceBytes = 4 * 1024 * 1024, pause = sleep } = parts;
  const { call } = http;

  const formOf = (file: Blob, name: string): FormData => {
    const form = new FormData();
    form.set('file', file, name);
    return form;
  };

  async function uploadWhole(file: Blob, name: string, { onProgress, signal }: UploadOptions): Promise<StoredFile> {
    onProgress?.(0);
    const stored = await call('files.upload', {
      body: formOf(file, name),
      timeoutMs: patienceMs,
      ...given({ signal }),
    });
    onProgress?.(1);
    return stored;
  }

  async function begin(file: Blob, name: string, signal: AbortSignal | undefined): Promise<string> {
    const metadata = `filename ${toBase64(name)},filetype ${toBase64(file.type)}`;
    const headers = { ...tus, 'upload-length': String(file.size), 'upload-metadata': metadata };
    const answer = await http.request('uploads.create', { headers, ...given({ signal }) });
    return answer.headers.get('location')?.split('/').at(-1) ?? '';
  }

  async function sendPiece(
    file: Blob,
    uploadId: string,
    offset: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const answer = await http.request('uploads.append', {
      params: { uploadId },
      headers: { ...tus, 'content-type': pieceType, 'upload-offset': String(offset) },
      body: file.slice(offset, offset + pieceBytes),
      timeoutMs: patienceMs,
      ...given({ signal }),
    });
    return offsetOf(answer);
  }

  async function askOffset(uploadId: string, signal: AbortSignal | undefined): Promise<number> {
    return offsetOf(await http.request('uploads.offset', { params: { uploadId }, headers: tus, ...given({ signal }) }));
  }

  async function uploadInPieces(file: Blob, name: string, options: UploadOptions): Promise<StoredFile> {
    const { onProgress, signal } = options;
    const backoff = createBackoff();
    const persist = async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          const done = await work();
          backoff.reset();
          return done;
        } catch (error) {
          if (signal?.aborted || !isPassing(error)) throw error;
          await pause((error.retryAfter ?? 0) * 1_000 + backoff.next());
        }
      }
    };
    const uploadId = options.uploadId ?? (await persist(() => begin(file, name, signal)));
    if (options.uploadId === undefined) options.onBegin?.(uploadId);
    let offset = 0;
    let isDoubtful = options.uploadId !== undefined;
    while (offset < file.size) {
      offset = await persist(async () => {
        // After a break part of the piece may have arrived.
        const from = isDoubtful ? await askOffset(uploadId, signal) : offset;
        isDoubtful = true;
        return from < file.size ? sendPiece(file, uploadId, from, signal) : from;
      });
      isDoubtful = false;
      onProgress?.(offset / file.size);
    }
    return persist(() => call('media.status', { params: { fileId: uploadId }, ...given({ signal }) }));
  }

  return {
    uploadFile(file, options = {}) {
      const name = options.name ?? (file as File).name ?? 'file';
      return file.size <= pieceBytes ? uploadWhole(file, name, options) : uploadInPieces(file, name, options);
    },
    fileUrl: (path) => (/^https?:/.test(path) ? path : `${baseUrl.replace(/\/+$/, '')}${path}`),
    async setAvatar(picture) {
      const body = picture && { body: formOf(picture, 'picture'), timeoutMs: patienceMs };
      const me = await (body === undefined ? call('me.removeAvatar') : call('me.setAvatar', body));
      store.update((state) => {
        state.me = me;
        return [{ part: 'me' }];
      });
      return me;
    },
    async setChatAvatar(chatId, picture) {
      const params = { chatId };
      const body = picture && { params, body: formOf(picture, 'picture'), timeoutMs: patienceMs };
      const chat = await (body === undefined ? call('chats.removeAvatar', { params }) : call('chats.setAvatar', body));
      store.update((state) => putChat(state, chat));
      return chat;
    },
  };
}

const given = ({ signal }: { signal: AbortSignal | undefined }) => (signal === undefined ? {} : { signal });

function offsetOf(answer: Response): number {
  const offset = Number(answer.headers.get('upload-offset') ?? Number.NaN);
  if (Number.isSafeInteger(offset)) return offset;
  throw new ApiError('internal', 'The server does not say how much of the file has arrived.');
}

const toBase64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
