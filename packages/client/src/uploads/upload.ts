import type { StoredFile } from '@parley/contract';

/** What is known of a file before the server has seen it: how it is shown until then. */
export interface FileAbout {
  name: string;
  /** Pixels. */
  width?: number;
  height?: number;
}

/**
 * `waiting`: for its turn, or for the network. `failed`: refused; `errorCode` says why. `done`: the server has it; `file` is
 * what it made of it.
 */
export type UploadState = 'waiting' | 'uploading' | 'done' | 'failed';

/** A file on its way to the server, chosen for a chat. */
export interface Upload extends FileAbout {
  readonly id: string;
  readonly chatId: string;
  readonly mimeType: string;
  readonly size: number;
  readonly state: UploadState;
  /** How much of it has arrived, of 1. */
  readonly share: number;
  readonly errorCode?: string;
  readonly file?: StoredFile;
  /** Whether its bytes are stored on this device, so that a reload does not lose it. */
  readonly isKept: boolean;
}

/** What of an upload outlives a reload. */
export interface KeptUpload
  extends Pick<Upload, 'id' | 'chatId' | 'mimeType' | 'size' | 'errorCode' | 'file'>,
    FileAbout {
  /** RFC 3339, by this machine's clock. */
  readonly addedAt: string;
  /** The same, once the server had it. */
  readonly uploadedAt?: string;
  /** Of an upload in pieces: what the server calls it. */
  readonly uploadId?: string;
}

/** How many bytes of files are stored on this device at most, for one person. */
export const maxKeptBytes = 50 * 1024 * 1024;
