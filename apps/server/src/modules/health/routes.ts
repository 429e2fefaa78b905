import { sql } from 'kysely';
import type { Db } from '../../db/schema.ts';
import { type HandlersOf, ok } from '../../http/handler.ts';

interface Options {
  db: Db;
  service: string;
  version: string;
  isDraining(): boolean;
  /** Shown, but no reason to be called unready: reading goes on without the queue. */
  queueState(): string;
  busState(): string;
  expose(): Promise<string>;
  metricsType: string;
}

const checkMs = 2_000;

/** `ok`, or what is wrong. */
export async function checkDatabase(db: Db): Promise<string> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, checkMs, 'does not answer').unref());
  const answer = sql`select 1`.execute(db).then(
    () => 'ok',
    () => 'cannot be reached',
  );
  return Promise.race([answer, late]);
}

export function healthRoutes(options: Options): HandlersOf<'health' | 'health.ready' | 'metrics'> {
  return {
    health: () => ok({ status: 'ok', service: options.service, version: options.version } as const),
    'health.ready': async () => {
      const parts = {
        database: await checkDatabase(options.db),
        ...(options.isDraining() ? { server: 'is stopping' } : {}),
      };
      const isReady = Object.values(parts).every((state) => state === 'ok');
      Object.assign(parts, { queue: options.queueState(), bus: options.busState() });
      return isReady
        ? { status: 200, body: { status: 'ok', parts } }
        : { status: 503, body: { status: 'unavailable', parts } };
    },
    metrics: async ({ rawReply }) => {
      rawReply.type(options.metricsType);
      return ok(await options.expose());
    },
  };
}
