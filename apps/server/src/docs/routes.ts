import { readFile } from 'node:fs/promises';
import { errorsPage, eventsPage } from '@parley/contract/generate';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { buildDocuments } from './documents.ts';
import { navigation, toHtml } from './html.ts';

const css = 'text/css; charset=utf-8';
const script = 'text/javascript; charset=utf-8';
const html = 'text/html; charset=utf-8';

/** Files below `/docs/assets/`: where they are and what they are. */
const assets: Readonly<Record<string, { file: string; type: string }>> = {
  'docs.css': { file: import.meta.resolve('./assets/docs.css'), type: css },
  'reference.css': { file: import.meta.resolve('./assets/reference.css'), type: css },
  'reference.js': { file: import.meta.resolve('./assets/reference.js'), type: script },
  'swagger-ui.css': { file: import.meta.resolve('swagger-ui-dist/swagger-ui.css'), type: css },
  'swagger-ui-bundle.js': { file: import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js'), type: script },
};

const referencePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Routes - Parley</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="stylesheet" href="/docs/assets/reference.css">
<script src="/docs/assets/swagger-ui-bundle.js" defer></script>
<script src="/docs/assets/reference.js" defer></script>
</head>
<body>
${navigation}
<main id="reference"></main>
</body>
</html>
`;

/** Its own scripts and styles only; images of the styles are data. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The reference for people (`/docs`) and for programs (`/openapi.json`, `/asyncapi.json`). */
export function registerDocs(server: FastifyInstance): void {
  const { openapi, asyncapi } = buildDocuments();
  serve(server, '/openapi.json', 'application/json; charset=utf-8', JSON.stringify(openapi));
  serve(server, '/asyncapi.json', 'application/json; charset=utf-8', JSON.stringify(asyncapi));
  serve(server, '/docs', html, referencePage);
  serve(server, '/docs/events', html, toHtml(eventsPage));
  serve(server, '/docs/errors', html, toHtml(errorsPage));
  server.get('/docs/', (_request, reply) => reply.redirect('/docs', 308));
  for (const [name, { file, type }] of Object.entries(assets)) {
    server.get(`/docs/assets/${name}`, async (_request, reply) => send(reply, type, await readFile(new URL(file))));
  }
}

function serve(server: FastifyInstance, path: string, type: string, content: string): void {
  server.get(path, (_request, reply) => send(reply, type, content));
}

const send = (reply: FastifyReply, type: string, content: string | Buffer): FastifyReply =>
  reply
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'public, max-age=300')
    .type(type)
    .send(content);
