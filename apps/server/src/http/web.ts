import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const dist = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** Addresses of pages: the app finds out by itself what to show there. */
const pages = [
  '/',
  '/app',
  '/app/*',
  '/login',
  '/register',
  '/@:username',
  '/c/:publicName',
  '/join/:token',
  '/admin',
  '/admin/*',
];

/** Serves the built web app, if there is one. Built assets carry a hash in their name and are cached for good. */
export async function serveWebApp(server: FastifyInstance, folder = dist): Promise<boolean> {
  if (!existsSync(`${folder}/index.html`)) return false;
  await server.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders(response, path) {
      const isHashed = path.includes('/assets/');
      response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const url of pages)
    server.get(url, (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'));
  return true;
}
