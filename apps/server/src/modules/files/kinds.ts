/** What the first bytes of a file say it is: [offset, bytes as text in Latin-1, type]. Sources: the formats' own documents. */
const signatures: readonly (readonly [number, string, string])[] = [
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'GIF87a', 'image/gif'],
  [0, 'GIF89a', 'image/gif'],
  [8, 'WEBP', 'image/webp'],
  [8, 'WAVE', 'audio/wav'],
  [4, 'ftypavif', 'image/avif'],
  [4, 'ftypavis', 'image/avif'],
  [4, 'ftypheic', 'image/heic'],
  [4, 'ftypheix', 'image/heic'],
  [4, 'ftypmif1', 'image/heif'],
  [4, 'ftypM4A', 'audio/mp4'],
  [4, 'ftypqt', 'video/quicktime'],
  [4, 'ftyp', 'video/mp4'],
  [0, 'II*\0', 'image/tiff'],
  [0, 'MM\0*', 'image/tiff'],
  [0, 'BM', 'image/bmp'],
  [0, '\x1aE\xdf\xa3', 'video/webm'],
  [0, 'OggS', 'video/ogg'],
  [0, 'fLaC', 'audio/flac'],
  [0, 'ID3', 'audio/mpeg'],
  [0, '\xff\xfb', 'audio/mpeg'],
  [0, '\xff\xf3', 'audio/mpeg'],
  [0, '\xff\xf1', 'audio/aac'],
  [0, '%PDF-', 'application/pdf'],
  [0, 'PK\x03\x04', 'application/zip'],
  [0, '\x1f\x8b', 'application/gzip'],
  [0, '7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  [0, 'Rar!\x1a\x07', 'application/vnd.rar'],
];

/** Types that look alike in their first bytes: the claim decides between them. */
const family: Readonly<Record<string, readonly string[]>> = {
  'video/webm': ['audio/webm'],
  'video/mp4': ['audio/mp4'],
  'video/ogg': ['audio/ogg'],
  'application/zip': [
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    'application/vnd.oasis.opendocument.text',
    'application/vnd.oasis.opendocument.spreadsheet',
    'application/epub+zip',
  ],
};

/** Texts that may be claimed for what is text. */
const texts = new Set(['text/plain', 'text/csv', 'text/markdown', 'text/html', 'application/json', 'image/svg+xml']);

/** How many of the first bytes are enough. */
export const headLength = 4_096;

/** What the bytes are; the claim only chooses where they leave a choice. */
export function kindOf(head: Uint8Array, claimed: string): string {
  const text = Buffer.from(head).toString('latin1');
  const found = signatures.find(([offset, bytes]) => text.startsWith(bytes, offset))?.[2];
  const claim = (claimed.split(';')[0] ?? '').trim().toLowerCase();
  if (found !== undefined) return family[found]?.includes(claim) ? claim : found;
  if (!isText(head)) return 'application/octet-stream';
  if (/<svg[\s>]/i.test(text)) return 'image/svg+xml';
  return texts.has(claim) && claim !== 'image/svg+xml' ? claim : 'text/plain';
}

/** UTF-8 without control characters; the end may be in the middle of a character. */
function isText(head: Uint8Array): boolean {
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27) || byte === 127)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Pictures that are made anew before anybody sees them. */
export const isPicture = (mimeType: string): boolean =>
  ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'].includes(mimeType);

export const isSound = (mimeType: string): boolean => mimeType.startsWith('audio/');
