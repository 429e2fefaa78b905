import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Sticker } from '@parley/contract';

/** What there is, in the order of the picker. The pictures are `assets/<id>.webp`, drawn from `assets/<id>.svg`. */
const labels: Readonly<Record<string, string>> = {
  hello: 'Hello',
  yes: 'Yes',
  no: 'No',
  love: 'Love',
  laugh: 'Laughing',
  sad: 'Sad',
  wow: 'Wow',
  party: 'Party',
  coffee: 'Coffee',
  idea: 'Idea',
  sleep: 'Good night',
  thanks: 'Thank you',
};

export interface StickerImage {
  bytes: Buffer;
}

const images = new Map<string, StickerImage>();
const known = new Map<string, Sticker>(Object.entries(labels).map(([id, label]) => [id, load(id, label)]));

/** A picture that changes has another address, so each may be kept for good. */
function load(id: string, label: string): Sticker {
  const bytes = readFileSync(new URL(`./assets/${id}.webp`, import.meta.url));
  const name = `${id}-${createHash('sha256').update(bytes).digest('hex').slice(0, 10)}.webp`;
  images.set(name, { bytes });
  return { id, label, url: `/stickers/${name}` };
}

export const stickers: readonly Sticker[] = [...known.values()];

/** By the last part of their address. */
export const stickerImages: ReadonlyMap<string, StickerImage> = images;

export const findSticker = (id: string): Sticker | undefined => known.get(id);
