import type { FastifyInstance } from 'fastify';

/** `stores`: origins of stores that hand out files and take them. */
const policyOf = (stores: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${stores}`,
    `media-src 'self' blob:${stores}`,
    "font-src 'self'",
    `connect-src 'self'${stores}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** For every answer; a route that needs another policy sets its own. */
export function addSecurityHeaders(server: FastifyInstance, stores: readonly string[]): void {
  const policy = policyOf(stores.map((origin) => ` ${origin}`).join(''));
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', policy);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done();
  });
}
