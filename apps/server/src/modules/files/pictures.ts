import type { Sharp } from 'sharp';

/** All frames of a picture together; beyond it a small file could fill the memory. */
const maxPixels = 64 * 1024 * 1024;
const maxSide = 4_096;
const thumbnailSide = 320;
export const avatarSide = 512;

export interface Picture {
  path: string;
  mimeType: string;
  /** Ending of a file name. */
  ending: string;
  width: number;
  height: number;
}

/** What each kind is made into. Only kinds that every browser shows. */
const made: Readonly<Record<string, { mimeType: string; ending: string; encode(image: Sharp): Sharp }>> = {
  'image/jpeg': {
    mimeType: 'image/jpeg',
    ending: 'jpg',
    encode: (image) => image.jpeg({ quality: 85, progressive: true }),
  },
  'image/png': { mimeType: 'image/png', ending: 'png', encode: (image) => image.png({ compressionLevel: 9 }) },
  'image/gif': { mimeType: 'image/gif', ending: 'gif', encode: (image) => image.gif() },
  'image/webp': { mimeType: 'image/webp', ending: 'webp', encode: (image) => image.webp({ quality: 85 }) },
  'image/avif': { mimeType: 'image/webp', ending: 'webp', encode: (image) => image.webp({ quality: 85 }) },
};

/** Loaded with the first picture: it costs a start 60 ms. One thread each, files are worked on side by side. */
async function load() {
  const { default: sharp } = await import('sharp');
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

const options = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true } as const;

/**
 * The picture drawn anew: upright as its camera said, in sRGB, without EXIF or anything else that was beside the pixels.
 * Throws for what cannot be drawn.
 */
export async function redraw(path: string, mimeType: string, target: string): Promise<Picture> {
  const sharp = await load();
  const kind = made[mimeType];
  if (kind === undefined) throw new Error(`${mimeType} is not a kind of picture`);
  const isAnimated = mimeType === 'image/gif' || mimeType === 'image/webp';
  const image = sharp(path, { ...options, animated: isAnimated })
    .autoOrient()
    .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true });
  const { width, height, pageHeight } = await kind.encode(image).toFile(target);
  return { path: target, mimeType: kind.mimeType, ending: kind.ending, width, height: pageHeight ?? height };
}

export type Measures = Pick<Picture, 'width' | 'height'>;

/** How large it says it is, upright, without drawing it; nothing where that cannot be read. */
export async function measure(path: string): Promise<Measures | undefined> {
  const sharp = await load();
  try {
    const { autoOrient } = await sharp(path, options).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch {
    // The examination says what is wrong with it.
    return undefined;
  }
}

/** A small still picture of it. */
export async function drawThumbnail(path: string, target: string): Promise<void> {
  const sharp = await load();
  await sharp(path, options)
    .autoOrient()
    .resize({ width: thumbnailSide, height: thumbnailSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .toFile(target);
}

/** A square of it, for a person or a chat. */
export async function drawAvatar(path: string, target: string): Promise<void> {
  const sharp = await load();
  await sharp(path, options)
    .autoOrient()
    .resize({ width: avatarSide, height: avatarSide, fit: 'cover', position: 'attention' })
    .webp({ quality: 85 })
    .toFile(target);
}
