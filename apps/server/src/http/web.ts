import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { AppError } from '@parley/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const dist = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** Addresses of pages: the app finds out by itself what to show there. */
const pages = ['/', '/app', '/app/*', '/login', '/register', '/@:username', '/c/:publicName', '/admin', '/admin/*'];

/** Somebody who typed an address, not a program that asks for data. */
const isReader = ({ headers }: FastifyRequest): boolean => /\btext\/html\b/.test(headers.accept ?? '');

const html = (reply: FastifyReply): FastifyReply => reply.type('text/html; charset=utf-8');

/** Serves the built web app, if there is one; it also says that an address leads nowhere. Built assets carry a hash in their name and are cached for good. */
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
  const page = await readFile(`${folder}/index.html`);
  // Its address is a secret: no copy is kept.
  server.get('/join/:token', (_request, reply) => html(reply).header('cache-control', 'no-store').send(page));
  server.get('/*', (request, reply) => {
    if (!isReader(request)) throw new AppError('not_found');
    return html(reply).code(404).header('cache-control', 'no-cache').send(page);
  });
  return true;
}
