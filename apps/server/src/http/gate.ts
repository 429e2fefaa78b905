import { createServer, type RequestListener, type Server } from 'node:http';
import { errors } from '@parley/contract';

export interface Gate {
  server: Server;
  /** Takes the port. Fails with EADDRINUSE when another program has it. */
  listen(port: number, host: string | undefined): Promise<number>;
  /** From here on requests go to the application. */
  open(handler: RequestListener): void;
  /** Stops accepting, waits for answers under way (`graceMs` at most), then cuts. */
  close(graceMs: number): Promise<void>;
}

/** An HTTP server that answers from the first moment: until it is opened, that it is not ready. */
export function createGate(service: { name: string; version: string }): Gate {
  let handler: RequestListener = (request, response) => {
    const isHealth = /^(\/v1)?\/health$/.test(request.url ?? '');
    const { status, text } = errors.not_ready;
    const problem = { type: 'about:blank', title: text, status, code: 'not_ready' };
    const body = isHealth ? { status: 'ok', service: service.name, version: service.version } : problem;
    response.writeHead(isHealth ? 200 : status, {
      'content-type': isHealth ? 'application/json' : 'application/problem+json',
      ...(isHealth ? {} : { 'retry-after': '2' }),
    });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => handler(request, response));
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 60_000;
  // Uploads take their time; bodies of other requests are bounded by `http/slow-bodies.ts`.
  server.requestTimeout = 2 * 3_600_000;

  return {
    server,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
          server.off('error', reject);
          resolve((server.address() as { port: number }).port);
        });
      }),
    open(next) {
      handler = next;
    },
    close: (graceMs) =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
