import type { Readable } from 'node:stream';

/** First and last byte, both included. */
export interface ByteRange {
  first: number;
  last: number;
}

/** How bytes are to be handed out: under which name, as what, shown in a page or only saved. */
export interface Handing {
  name: string;
  mimeType: string;
  isInline: boolean;
}

/**
 * Where the bytes of files are: objects under keys that the server makes (`uploads/...`, `avatars/...`). An object is there
 * whole or not at all; writing one again replaces it at once.
 */
export interface Blobs {
  /** For people. */
  readonly name: string;
  /** The same for two instances exactly if they see the same objects. */
  readonly identity: string;
  /** Web origins, besides ours, that addresses made here lead to. */
  readonly origins: readonly string[];
  /** Stores the bytes of a local file, which stays. */
  put(key: string, file: string, mimeType: string): Promise<void>;
  /** Undefined: there is no such object. */
  open(key: string, range?: ByteRange): Promise<Readable | undefined>;
  /** In bytes. Undefined: there is no such object. */
  size(key: string): Promise<number | undefined>;
  /** What is not there needs no removing. */
  remove(keys: readonly string[]): Promise<void>;
  /** An address that hands out the object to whoever has it, for PRESIGN_TTL at most; the same one for a third of that. */
  downloadUrl(key: string, handing: Handing): Promise<string>;
  /** An address that takes one object by PUT, with exactly these headers. */
  uploadUrl(key: string, object: { mimeType: string; size: number }): Promise<UploadAddress>;
}

export interface UploadAddress {
  url: string;
  headers: Record<string, string>;
  expiresAt: Date;
}
