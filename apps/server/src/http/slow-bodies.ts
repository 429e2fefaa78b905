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

/** Uploads take their time as long as they move, everything else has a minute: nobody holds a connection open by dripping. */
export function refuseSlowBodies(server: FastifyInstance, bounds: Bounds = {}): void {
  const { bodyMs = 60_000, idleMs = 60_000, restMs = 10_000 } = bounds;
  const timers = new WeakMap<object, NodeJS.Timeout>();
  const arm = (raw: IncomingMessage, milliseconds: number): void =>
    void timers.set(raw, setTimeout(() => raw.destroy(), milliseconds).unref());

  server.addHook('onRequest', async ({ raw, routeOptions }) => {
    if (!hasBody(raw)) return;
    if (routeOptions.config.isUpload === true) raw.setTimeout(idleMs, () => raw.destroy());
    else arm(raw, bodyMs);
  });
  server.addHook('preValidation', async ({ raw }) => clearTimeout(timers.get(raw)));
  server.addHook('onResponse', async ({ raw }) => {
    clearTimeout(timers.get(raw));
    if (!hasBody(raw)) return;
    raw.setTimeout(0);
    if (!raw.complete) arm(raw, restMs);
    raw.once('close', () => clearTimeout(timers.get(raw)));
  });
}
