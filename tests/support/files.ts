import type { StoredFile } from '@parley/contract';
import sharp from 'sharp';
import type { Person } from '../../apps/server/src/testing/people.ts';

/** A form with one file, as a browser sends it. */
export function form(bytes: string | Uint8Array<ArrayBuffer> = 'hello', name = 'a.txt'): FormData {
  const data = new FormData();
  data.set('file', new Blob([bytes]), name);
  return data;
}

/** The smallest of pictures. */
export async function picture(): Promise<FormData> {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } });
  return form(new Uint8Array(await image.png().toBuffer()), 'a.png');
}

export const uploadPicture = async (person: Person): Promise<string> =>
  (await person.ask<StoredFile>('POST', '/files', { body: await picture() })).id;
