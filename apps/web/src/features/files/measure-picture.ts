import { kindOf } from './kinds.ts';

/** Width and height as the picture will be shown; none of what is no picture that can be. */
export async function measurePicture(file: Blob): Promise<{ width: number; height: number } | undefined> {
  if (kindOf(file.type) !== 'picture') return undefined;
  const url = URL.createObjectURL(file);
  const image = new Image();
  try {
    image.src = url;
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    // The server says what is wrong with it.
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}
