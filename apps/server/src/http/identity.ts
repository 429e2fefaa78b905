import { AppError } from '@parley/contract';
import type { Authenticate, Identity } from '@parley/realtime';
import type { FastifyRequest } from 'fastify';

export const sessionCookie = 'parley_session';

const bearer = /^Bearer +([^\s]+)$/i;

export function bearerToken(request: FastifyRequest): string | undefined {
  return bearer.exec(request.headers.authorization ?? '')?.[1];
}

const isWrite = (method: string): boolean => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

/** A browser says where a request comes from; with the cookie alone, a write from elsewhere is refused (CSRF). */
function refuseForeignWrite(
  request: FastifyRequest,
  allowOrigin: (origin: string, request: FastifyRequest) => boolean,
): void {
  if (!isWrite(request.method)) return;
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOurs = origin !== undefined ? allowOrigin(origin, request) : site === 'same-origin';
  if (!isOurs) throw new AppError('csrf');
}

/** Who asks: the bearer token (access or session token), or else the session cookie. */
export function createIdentify(options: {
  authenticate: Authenticate;
  allowOrigin(origin: string, request: FastifyRequest): boolean;
}): (request: FastifyRequest) => Promise<Identity | undefined> {
  return async (request) => {
    const token = bearerToken(request);
    if (token !== undefined) return options.authenticate(token);
    const cookie = request.cookies[sessionCookie];
    if (!cookie) return undefined;
    refuseForeignWrite(request, options.allowOrigin);
    return options.authenticate(cookie);
  };
}
