import type { FastifyInstance } from 'fastify';
import type { Origins } from './origins.ts';

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const headers = 'authorization, content-type, prefer, tus-resumable, upload-length, upload-metadata, upload-offset';
const exposed =
  'retry-after, location, tus-resumable, tus-version, tus-extension, tus-max-size, upload-offset, upload-length, upload-expires';

/** Cross-origin reads and writes for the listed origins (Fetch standard, CORS protocol). */
export function allowOrigins(server: FastifyInstance, origins: Origins): void {
  const listed = new Set(origins.listed);
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    reply.header('vary', 'origin');
    if (origin === undefined || !listed.has(origin)) return done();
    reply.header('access-control-allow-origin', origin).header('access-control-allow-credentials', 'true');
    reply.header('access-control-expose-headers', exposed);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
    reply.header('access-control-allow-methods', methods).header('access-control-allow-headers', headers);
    void reply.header('access-control-max-age', '600').code(204).send();
  });
  server.options('/*', async (_request, reply) => reply.code(204).send());
}
