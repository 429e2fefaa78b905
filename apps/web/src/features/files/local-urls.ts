/** Addresses of files that were chosen here: they are shown without asking the server. */
const urls = new Map<string, string>();
const aliases = new Map<string, string>();
const most = 60;

/** The address under which the page itself has the file. */
export function localUrl(id: string, bytes: Blob | undefined): string | undefined {
  const known = urls.get(id);
  if (known !== undefined || bytes === undefined) return known;
  const url = URL.createObjectURL(bytes);
  urls.set(id, url);
  const [oldest] = urls.keys();
  if (urls.size > most && oldest !== undefined) {
    URL.revokeObjectURL(urls.get(oldest)!);
    urls.delete(oldest);
    for (const [fileId, named] of aliases) if (named === oldest) aliases.delete(fileId);
  }
  return url;
}

/** By the server's name for it: a picture one sent does not blink when its message is stored. */
export const localUrlOf = (fileId: string): string | undefined => urls.get(aliases.get(fileId) ?? '');

export function nameLocal(id: string, fileId: string): void {
  if (urls.has(id)) aliases.set(fileId, id);
}
