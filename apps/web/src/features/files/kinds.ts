import type { Attachment } from '@parley/contract';

export type FileKind = 'picture' | 'video' | 'audio' | 'file';

/** Pictures as the server draws them anew; others are files like any. */
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
/** What the browsers this app is for play, by the outside of the file. */
const videos = new Set(['video/mp4', 'video/webm']);

export function kindOf(mimeType: string): FileKind {
  const type = mimeType.split(';')[0] ?? '';
  if (pictures.has(type)) return 'picture';
  if (videos.has(type)) return 'video';
  return type.startsWith('audio/') ? 'audio' : 'file';
}

type Measured = Attachment & { width: number; height: number };

/** A picture that is shown as one, also while it is examined: how large it will be is known. */
export const isShownPicture = (file: Attachment): file is Measured =>
  kindOf(file.mimeType) === 'picture' && file.status !== 'rejected' && !!file.width && !!file.height;
