import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openPool, type Pool } from '../db/pool.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's address of the PostgreSQL that this run uses. */
    postgresUrl: string;
  }
}

export interface TestDatabase extends Pool {
  url: string;
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An empty database of its own, migrated. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const pool = openPool({ url: url.href, max: 10, onError: () => {} });
  await migrate(pool.pool);
  return {
    ...pool,
    url: url.href,
    drop: async () => {
      await pool.close();
      await administer(`drop database ${name} with (force)`);
    },
  };
}
