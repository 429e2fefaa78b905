import type { Handing } from './blobs.ts';

/** What browsers may show in a page. Nothing in which a script could be. */
const shown = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'audio/flac',
  'audio/webm',
  'video/mp4',
  'video/webm',
  'video/ogg',
]);

/** As a person may read it: no path, no control characters, none that turn the direction of writing. */
export function cleanName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const visible = last.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '').trim();
  const cut = [...visible.toWellFormed()].slice(0, 200).join('');
  return cut === '' || /^\.+$/.test(cut) ? 'file' : cut;
}

/** The same in letters that every store and file system takes. */
export function keyName(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._]+/, '');
  const dot = ascii.lastIndexOf('.');
  const extension = dot > 0 ? ascii.slice(dot).slice(0, 16) : '';
  const stem = (dot > 0 ? ascii.slice(0, dot) : ascii).slice(0, 80);
  return `${stem || 'file'}${extension}`;
}

export const uploadKey = (id: string, name: string): string => `uploads/${id}_${keyName(name)}`;

/** With the ending that the bytes have now. */
export function withEnding(name: string, ending: string): string {
  const dot = name.lastIndexOf('.');
  const [stem, present] = dot > 0 ? [name.slice(0, dot), name.slice(dot + 1).toLowerCase()] : [name, ''];
  const isRight = present === ending || (ending === 'jpg' && present === 'jpeg');
  return isRight ? name : `${stem}.${ending}`;
}

/** How a file is handed out. What may not be shown goes as bytes of no kind, to be saved. */
export function handingOf(file: { name: string; mimeType: string }): Handing {
  const isInline = shown.has(file.mimeType);
  return { name: file.name, mimeType: isInline ? file.mimeType : 'application/octet-stream', isInline };
}
