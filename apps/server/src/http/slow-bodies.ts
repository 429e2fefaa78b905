import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the route in the contract. */
    name?: string;
    /** Its body may take as long as it keeps coming. */
    isUpload?: boolean;
  }
}

interface Bounds {
  /** For a whole body, in ms. */
  bodyMs?: number;
  /** Without a byte of an upload. */
  idleMs?: number;
  /** For what is still coming after the answer. */
  restMs?: number;
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/**
 * Uploads take their time as long as they move, everything else has a minute: nobody holds a connection open by dripping. One
 * timer looks at all of them, so a body costs a place in a map.
 */
export function refuseSlowBodies(server: FastifyInstance, bounds: Bounds = {}): void {
  const { bodyMs = 60_000, idleMs = 60_000, restMs = 10_000 } = bounds;
  /** Bodies that are still coming, and when they have to be there, as Unix time in ms. */
  const due = new Map<IncomingMessage, number>();
  const sweep = setInterval(cutOff, Math.min(1_000, restMs / 2));
  sweep.unref();

  function cutOff(): void {
    const now = Date.now();
    for (const [raw, deadline] of due) {
      if (deadline > now && !raw.complete && !raw.destroyed) continue;
      due.delete(raw);
      if (!raw.complete) raw.destroy();
    }
  }

  server.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
    if (routeOptions.config.isUpload === true) raw.setTimeout(idleMs, () => raw.destroy());
    else if (hasBody(raw)) due.set(raw, Date.now() + bodyMs);
    done();
  });
  server.addHook('onResponse', ({ raw, routeOptions }, _reply, done) => {
    if (routeOptions.config.isUpload === true) raw.setTimeout(0);
    if (raw.complete) due.delete(raw);
    else due.set(raw, Date.now() + restMs);
    done();
  });
  server.addHook('onClose', async () => clearInterval(sweep));
}
