/** The address of `/ws` of the server; in a page an empty base is the page's own origin. */
export function socketAddress(baseUrl: string): string {
  const page = (globalThis as { location?: { href: string } }).location;
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/ws`, page?.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
