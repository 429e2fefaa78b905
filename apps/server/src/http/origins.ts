import type { IncomingMessage } from 'node:http';

/** Which web origins may write with the cookie and open sockets. A client that is no browser sends none. */
export interface Origins {
  allows(origin: string | undefined, request: Pick<IncomingMessage, 'headers'>): boolean;
  /** Origins besides our own, for CORS. */
  listed: readonly string[];
}

/** Our own origin is the one whose host the request was sent to; further ones are listed. */
export function createOrigins(listed: readonly string[]): Origins {
  const known = new Set(listed);
  return {
    listed,
    allows(origin, request) {
      if (origin === undefined || known.has(origin)) return true;
      return URL.canParse(origin) && new URL(origin).host === request.headers.host;
    },
  };
}
