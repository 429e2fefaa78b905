import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { Database, Db } from './schema.ts';
import { streamOf } from './stream.ts';

const int8 = 20;
/** Counters stay far below 2^53, so bigint columns are read as numbers. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** Limits of every session: a stopped process must not hold a head row for long. */
const sessionSettings = {
  lock_timeout: '5s',
  statement_timeout: '30s',
  idle_in_transaction_session_timeout: '2s',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  TimeZone: 'UTC',
};

/**
 * Statements that are planned once must not be planned for the empty tables of the first day: on the hot path everything is found
 * by its key, whatever the statistics say.
 */
const byKeySettings = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' };

/** Longer than any statement may take: a session in use that says nothing for so long has lost its server. */
const silenceMs = 35_000;

export interface Pool {
  db: Db;
  pool: pg.Pool;
  pipeline: Pipeline;
  /** The connections of the pipeline. */
  piped: pg.Pool;
  close(): Promise<void>;
}

interface Options {
  url: string;
  max: number;
  /** Connections for the hot path, beside those: one for each batch that is stored, one for what every send asks. */
  pipelines?: number;
  /** Hears of connections that break; the pool replaces them. */
  onError(error: Error): void;
  /** For tests. */
  silenceMs?: number;
}

export function openPool(options: Options): Pool {
  const resting = new Set<pg.PoolClient>();
  const pool = openConnections(options, resting, { max: options.max, settings: sessionSettings });
  const piped = openConnections(options, resting, {
    max: options.pipelines ?? 4,
    settings: { ...sessionSettings, ...byKeySettings },
    pipeline: true,
  });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    pool,
    pipeline: createPipeline(piped, db),
    piped,
    async close() {
      await Promise.all([db.destroy(), piped.end()]);
    },
  };
}

interface Kind {
  max: number;
  settings: Record<string, string>;
  pipeline?: boolean;
}

/** Those of all pools that nobody uses are in `resting`. */
function openConnections(options: Options, resting: Set<pg.PoolClient>, { settings, ...kind }: Kind): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    ...kind,
    types,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    application_name: 'parley',
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  // The pool itself listens to idle clients only: one that breaks in the middle of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', options.onError));
  pool.on('error', () => undefined);
  // A network that swallows everything breaks nothing: without this such a session would be waited for, and missed, for ever.
  // Those at rest went the same way; taken one after the other, each would be waited for anew.
  pool.on('connect', (client) =>
    streamOf(client).on('timeout', () => {
      for (const one of [client, ...resting]) streamOf(one).destroy(new Error('the database says nothing any more'));
    }),
  );
  pool.on('acquire', (client) => {
    resting.delete(client);
    streamOf(client).setTimeout(options.silenceMs ?? silenceMs);
  });
  pool.on('release', (_error, client) => {
    resting.add(client);
    streamOf(client).setTimeout(0);
  });
  pool.on('remove', (client) => resting.delete(client));
  return pool;
}

/** For statements that may take as long as they like. Until it is released. */
export const allowSilence = (client: pg.PoolClient): void => void streamOf(client).setTimeout(0);
