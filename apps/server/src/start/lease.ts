import { hostname } from 'node:os';
import pg from 'pg';
import type { Pool } from '../db/pool.ts';

const beatMs = 5_000;
const answerMs = 10_000;
const leaseSeconds = 15;
/** Of the advisory locks (two numbers): the first of a living instance's, and the one under which instances are compared. */
const lockClass = 7_305;
const compareLock = 7_305_231_003;

/** How an instance has the parts that all instances on one database must have alike. */
export interface Shares {
  bus: 'in process' | 'Redis';
  queue: 'in process' | 'RabbitMQ';
  /** Identifies where files are; the same for two that see the same ones. */
  blobs?: string;
  /** Identifies the key that signs tokens. Roles that sign nothing leave it out. */
  signingKey?: string;
}

interface Rule {
  part: keyof Shares;
  /** Whether two instances may run side by side. */
  allows(one: string, other: string): boolean;
  /** Continues "... runs on this database, and". */
  problem: string;
}

/**
 * The one table of what may run side by side. A queue in process is no obstacle by itself: there "accepted" means
 * committed, and the heads of the topics order what several instances commit. But it must be the same for all, or the
 * messages of one chat would go two ways.
 */
export const rules: readonly Rule[] = [
  {
    part: 'bus',
    allows: (one, other) => one === 'Redis' && other === 'Redis',
    problem: 'the bus is in process, so that people here would not hear people there. Set REDIS_URL for both',
  },
  {
    part: 'queue',
    allows: (one, other) => one === other,
    problem: 'only one of both has RabbitMQ. Set RABBITMQ_URI for both',
  },
  {
    part: 'signingKey',
    allows: (one, other) => one === other,
    problem: 'each signs tokens with a key of its own. Set the same AUTH_PRIVATE_KEY, or PARLEY_DATA, for both',
  },
  {
    part: 'blobs',
    allows: (one, other) => one === other,
    problem: 'each keeps files where the other does not see them. Set the same AWS_S3_BUCKET, or PARLEY_DATA, for both',
  },
];

/** A living instance and this one may not run side by side. The message says which setting is missing. */
export class InstancesDisagree extends Error {}

interface Instance {
  name: string;
  parts: Shares;
}

/** Undefined, or why these two may not run side by side. */
export function disagreement(own: Shares, { name, parts: other }: Instance): string | undefined {
  const broken = rules.find(({ part, allows }) => {
    const [mine, theirs] = [own[part], other[part]];
    return mine !== undefined && theirs !== undefined && !allows(mine, theirs);
  });
  return broken && `Another Parley (${name}) runs on this database, and ${broken.problem}, or stop the other.`;
}

interface Options {
  database: Pool;
  /** Of the same database: for a session that lives as long as the process. */
  url: string;
  id: string;
  role: string;
  shares: Shares;
  onError(error: Error, what: string): void;
}

/**
 * Enters this process among those that run on the database, or throws InstancesDisagree. A process is taken to live while
 * its row is renewed and its session holds its lock: one that was killed is known to be gone at once, one whose machine
 * is gone after 15 s.
 */
export async function leaseInstance(options: Options): Promise<{ release(): Promise<void> }> {
  const { database, id, role, shares, onError } = options;
  const name = `${role} on ${hostname()}, process ${process.pid}`;
  let session = await holdLock();

  async function holdLock(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: options.url,
      keepAlive: true,
      // A network that swallows everything must not keep an answer waited for.
      query_timeout: answerMs,
      connectionTimeoutMillis: answerMs,
      application_name: 'parley lease',
    });
    client.on('error', () => {});
    await client.connect();
    await client.query('select pg_advisory_lock($1, hashtext($2))', [lockClass, id]);
    return client;
  }

  async function enter(): Promise<void> {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock($1)', [compareLock]);
      await client.query(`delete from instances where seen_at < now() - interval '1 day'`);
      for (const other of await living(client, id)) {
        const problem = disagreement(shares, other);
        if (problem !== undefined) throw new InstancesDisagree(problem);
      }
      await renew(client);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  async function renew(client: pg.PoolClient | pg.Pool): Promise<void> {
    await client.query(
      `insert into instances (id, name, role, parts) values ($1, $2, $3, $4)
       on conflict (id) do update set seen_at = now()`,
      [id, name, role, JSON.stringify(shares)],
    );
  }

  async function beat(): Promise<void> {
    await renew(database.pool);
    await session.query('select 1').catch(async () => {
      // Not waited for: the other side may never answer.
      session.end().catch(() => {});
      session = await holdLock();
    });
  }

  try {
    await enter();
  } catch (error) {
    await session.end();
    throw error;
  }
  const timer = setInterval(
    () => beat().catch((error) => onError(error, 'the lease of this instance was not renewed')),
    beatMs,
  );
  timer.unref();

  return {
    async release() {
      clearInterval(timer);
      await database.pool.query('delete from instances where id = $1', [id]);
      await session.end();
    },
  };
}

async function living(client: pg.PoolClient, except: string): Promise<Instance[]> {
  const { rows } = await client.query<Instance>(
    `select name, parts from instances i
     where id <> $1 and seen_at > now() - make_interval(secs => $2) and exists (
       select 1 from pg_locks l
       where l.locktype = 'advisory' and l.granted and l.classid = $3::oid and l.objsubid = 2
         and l.objid = (hashtext(i.id::text)::bigint & 4294967295)::oid
         and l.database = (select oid from pg_database where datname = current_database()))`,
    [except, leaseSeconds, lockClass],
  );
  return rows;
}
