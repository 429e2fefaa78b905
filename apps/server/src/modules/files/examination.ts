import { stat } from 'node:fs/promises';
import type { Db } from '../../db/schema.ts';
import type { Blobs } from './blobs.ts';
import type { Finding } from './examination-store.ts';
import { isPicture, kindOf } from './kinds.ts';
import { uploadKey, withEnding } from './names.ts';
import { drawThumbnail, type Picture, redraw } from './pictures.ts';
import type { Scanner } from './scanner.ts';
import type { Scratch } from './scratch.ts';
import { type FileRow, noteTrash } from './store.ts';

const day = 86_400_000;

interface Parts {
  db: Db;
  blobs: Blobs;
  scratch: Scratch;
  scanner: Scanner | undefined;
}

/** Why a file is refused. */
export class Refused extends Error {}

/** What does not come straight through our hands, and what has to be looked into, is examined before anybody has it. */
export const needsExamination = (mimeType: string, hasScanner: boolean): boolean => hasScanner || isPicture(mimeType);

/**
 * Looks at a file from its first byte: is it whole, is it harmless, what is it; a picture is drawn anew. What is new is in the
 * store when this resolves, and noted as trash until the finding is kept. Throws Refused for what nobody may have.
 */
export async function examine(file: FileRow, { db, blobs, scratch, scanner }: Parts): Promise<Finding> {
  const made: string[] = [];
  const fresh = async (): Promise<string> => {
    made.push(await scratch.fresh());
    return made.at(-1)!;
  };
  try {
    const { path, mimeType } = await fetch();
    await scan(path);
    return await (isPicture(mimeType) ? keepPicture(path, mimeType) : keepAsItIs(path, mimeType));
  } finally {
    await scratch.drop(...made);
  }

  async function fetch(): Promise<{ path: string; mimeType: string }> {
    const bytes = await blobs.open(file.object_key);
    if (bytes === undefined) throw new Refused('its bytes are gone');
    const received = await scratch.receive(bytes, file.size);
    made.push(received.path);
    if (received.end === 'broken') throw new Error(`${file.object_key} could not be read to its end`);
    if (received.end === 'too_large' || received.size !== file.size)
      throw new Refused('it is not as large as was said');
    return { path: received.path, mimeType: kindOf(received.head, file.mime_type) };
  }

  async function scan(path: string): Promise<void> {
    const verdict = await scanner?.scan(path);
    if (verdict?.kind === 'infected') throw new Refused(`it holds ${verdict.name}`);
    if (verdict?.kind === 'unscannable') throw new Refused(`it cannot be scanned: ${verdict.reason}`);
  }

  async function keepPicture(path: string, mimeType: string): Promise<Finding> {
    const [drawn, thumbnail] = [await fresh(), await fresh()];
    const picture = await draw(path, mimeType, drawn, thumbnail);
    const name = withEnding(file.name, picture.ending);
    const objectKey = uploadKey(file.id, name);
    const thumbnailKey = `uploads/${file.id}_thumbnail.webp`;
    await store([
      [objectKey, picture.path, picture.mimeType],
      [thumbnailKey, thumbnail, 'image/webp'],
    ]);
    const { size } = await stat(drawn);
    const { width, height } = picture;
    return { status: 'ready', name, mimeType: picture.mimeType, size, objectKey, thumbnailKey, width, height };
  }

  async function draw(path: string, mimeType: string, drawn: string, thumbnail: string): Promise<Picture> {
    try {
      const picture = await redraw(path, mimeType, drawn);
      await drawThumbnail(path, thumbnail);
      return picture;
    } catch (cause) {
      throw new Refused('it cannot be drawn', { cause });
    }
  }

  /** Whoever sent it to the store directly could write there once more: what was examined is put elsewhere. */
  async function keepAsItIs(path: string, mimeType: string): Promise<Finding> {
    const objectKey = uploadKey(file.id, file.name);
    if (objectKey !== file.object_key) await store([[objectKey, path, mimeType]]);
    return { status: 'ready', mimeType, objectKey };
  }

  async function store(objects: [key: string, path: string, mimeType: string][]): Promise<void> {
    await noteTrash(
      db,
      objects.map(([key]) => key),
      new Date(Date.now() + day),
    );
    for (const [key, path, mimeType] of objects) await blobs.put(key, path, mimeType);
  }
}
