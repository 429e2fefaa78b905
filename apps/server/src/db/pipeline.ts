import type { RawBuilder } from 'kysely';
import type pg from 'pg';
import type { Db } from './schema.ts';
import { streamOf } from './stream.ts';

/**
 * Runs a statement that each connection parses and plans once, under its name: its text must never change, only the values. In a
 * transaction it is sent behind those before it, without waiting for their answers.
 */
export type Run = <Row>(name: string, statement: RawBuilder<Row>) => Promise<Row[]>;

/** Outside of a pipeline: in a transaction that is under way. */
export const runOn =
  (db: Db): Run =>
  async (_name, statement) =>
    (await statement.execute(db)).rows;

/** The statements of one transaction. */
export interface Session {
  run: Run;
  /** The same, for a statement whose rows nobody needs: whether it failed shows at the commit. */
  send(name: string, statement: RawBuilder<unknown>): void;
}

export interface Pipeline {
  /** One statement by itself. */
  run: Run;
  /**
   * Runs a transaction. The commit goes out as soon as `work` resolves, right behind the last statement: if one of them failed
   * PostgreSQL rolls back, and this rejects with that failure.
   */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
}

/**
 * Transactions in as few round trips as they have decisions (pipeline mode of the protocol: PostgreSQL manual, "Pipelining"). For
 * the hot path only; the pool must be in pipeline mode.
 */
export function createPipeline(pool: pg.Pool, db: Db): Pipeline {
  const runs = new Map<string, number>();
  const named = (name: string, statement: RawBuilder<unknown>): pg.QueryConfig => {
    const count = (runs.get(name) ?? 0) + 1;
    runs.set(name, count);
    const { sql, parameters } = statement.compile(db);
    return { name: `${name} ${planAt(count)}`, text: sql, values: [...parameters] };
  };

  async function transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    const answers: Promise<unknown>[] = [];
    function send(config: pg.QueryConfig): Promise<pg.QueryResult> {
      writeTogether(client);
      const answer = client.query(config);
      answer.catch(() => {});
      answers.push(answer);
      return answer;
    }
    const session: Session = {
      run: async (name, statement) => (await send(named(name, statement))).rows,
      send: (name, statement) => void send(named(name, statement)),
    };
    try {
      void send({ text: 'begin' });
      const result = await work(session);
      void send({ text: 'commit' });
      await Promise.all(answers);
      return result;
    } catch (error) {
      await send({ text: 'rollback' }).catch(() => {});
      throw error;
    } finally {
      await Promise.allSettled(answers);
      client.release();
    }
  }

  return { transaction, run: async (name, statement) => (await pool.query(named(name, statement))).rows };
}

/**
 * A plan made for tables that were nearly empty takes whichever index comes first, and keeps it. So a statement is planned again
 * each time it has run eight times as often: a dozen times in a long life.
 */
const planAt = (count: number): number => Math.floor(Math.log2(count) / 3);

/** What is sent in the same turn of the event loop leaves in one write. */
function writeTogether(client: pg.PoolClient): void {
  const stream = streamOf(client);
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
