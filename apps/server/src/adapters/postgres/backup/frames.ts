import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type pg from 'pg';

/**
 * The backup file: gzip over frames of one type byte, four bytes of length and a payload.
 * header (once) · for each table: table, data ..., · totals (once) · for each stored file: file, data ..., · end (once).
 * header, table, totals, file and end are JSON; data is what COPY writes, or bytes of the file. A backup that ends with
 * its totals was made before there were files.
 */
export type Frame =
  | { type: 'header'; header: BackupHeader }
  | { type: 'table'; table: TableHeader }
  | { type: 'data'; data: Buffer }
  | { type: 'totals'; totals: { rows: Record<string, number> } }
  | { type: 'file'; file: { key: string } }
  | { type: 'end'; end: { files: number } };

/** The files that go with a database. */
export interface BackupFiles {
  /** What the database names, in the snapshot of this session. */
  keys(client: pg.ClientBase): Promise<string[]>;
  /** Undefined: it is gone meanwhile. */
  open(key: string): Promise<Readable | undefined>;
  /** Stores the bytes of a local file. */
  put(key: string, path: string): Promise<void>;
}

export interface BackupHeader {
  format: 'parley-backup';
  version: 1;
  createdAt: string;
  /** The schema, as the numbered steps that made it. */
  migrations: { number: number; name: string }[];
  partitions: { name: string; parent: string; bounds: string }[];
  sequences: { name: string; value: string }[];
}

export interface TableHeader {
  name: string;
  columns: string[];
}

const codes = { header: 0x48, table: 0x54, data: 0x44, totals: 0x45, file: 0x46, end: 0x5a } as const;
const maxPayload = 256 * 1024 * 1024;

/** Writes the file whole or not at all: under another name first, flushed to the disk, then renamed. It holds password hashes, so only its owner may read it. */
export async function writeFrames(file: string, frames: AsyncIterable<Frame>): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(
      Readable.from(encode(frames)),
      createGzip(),
      createWriteStream(unfinished, { mode: 0o600, flush: true }),
    );
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Reads a file frame by frame; a damaged or cut file throws. */
export async function* readFrames(file: string): AsyncGenerator<Frame> {
  const handle = await open(file);
  await handle.close();
  const input = createReadStream(file);
  const unzipped = createGunzip();
  const finished = pipeline(input, unzipped).catch((error: Error) => {
    unzipped.destroy(new Error(`${file} is not a whole backup: ${error.message}`, { cause: error }));
  });
  try {
    yield* decode(unzipped);
    await finished;
  } finally {
    input.destroy();
    unzipped.destroy();
  }
}

async function* encode(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  for await (const frame of frames) {
    const payload = payloadOf(frame);
    const head = Buffer.alloc(5);
    head.writeUInt8(codes[frame.type], 0);
    head.writeUInt32BE(payload.length, 1);
    yield head;
    yield payload;
  }
}

function payloadOf(frame: Frame): Buffer {
  if (frame.type === 'data') return frame.data;
  if (frame.type === 'header') return json(frame.header);
  if (frame.type === 'table') return json(frame.table);
  if (frame.type === 'file') return json(frame.file);
  return json(frame.type === 'end' ? frame.end : frame.totals);
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

async function* decode(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const length = rest.readUInt32BE(1);
      if (length > maxPayload) throw new Error('this is not a Parley backup');
      if (rest.length < 5 + length) break;
      yield frameOf(rest.readUInt8(0), rest.subarray(5, 5 + length));
      rest = rest.subarray(5 + length);
    }
  }
  if (rest.length > 0) throw new Error('the backup ends in the middle of a frame');
}

function frameOf(code: number, payload: Buffer): Frame {
  if (code === codes.data) return { type: 'data', data: payload };
  const value = JSON.parse(payload.toString());
  if (code === codes.header) return { type: 'header', header: value };
  if (code === codes.table) return { type: 'table', table: value };
  if (code === codes.totals) return { type: 'totals', totals: value };
  if (code === codes.file) return { type: 'file', file: value };
  if (code === codes.end) return { type: 'end', end: value };
  throw new Error('this is not a Parley backup');
}
