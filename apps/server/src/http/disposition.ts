import type { Handing } from '../modules/files/blobs.ts';

/** Content-Disposition (RFC 6266), the name in UTF-8 (RFC 8187) and a plain one for older programs. */
export function dispositionOf({ name, isInline }: Pick<Handing, 'name' | 'isInline'>): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isInline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
