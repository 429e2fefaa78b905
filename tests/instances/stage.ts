import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RedisServer, startRedisServer } from '@parley/realtime/testing';
import pg from 'pg';
import { newDataFolder, type Server, startServer } from '../support/server.ts';

/** Several Parleys in processes of their own, on one PostgreSQL and one Redis. */
export interface Stage {
  readonly servers: readonly Server[];
  readonly redis: RedisServer;
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** One more instance. */
  start(env?: Record<string, string>): Promise<Server>;
  close(): Promise<void>;
}

interface Options {
  /** A superuser's address of the PostgreSQL in which a database is made. */
  postgresUrl: string;
  count?: number;
  /** Another Redis than a plain one of the stage's own. */
  redisUrl?: string;
  env?: Record<string, string>;
}

export async function startInstances({ postgresUrl, count = 2, redisUrl, env = {} }: Options): Promise<Stage> {
  const redis = await startRedisServer();
  const { databaseUrl, drop } = await createDatabase(postgresUrl);
  const dataDir = await newDataFolder();
  const servers: Server[] = [];
  const shared = { DATABASE_URL: databaseUrl, DATABASE_POOL: '8', REDIS_URL: redisUrl ?? redis.url, ...env };

  async function start(more: Record<string, string> = {}): Promise<Server> {
    const server = await startServer({ dataDir, env: { ...shared, ...more } });
    servers.push(server);
    return server;
  }

  async function close(): Promise<void> {
    await Promise.all(servers.map((server) => server.close()));
    await redis.stop();
    await drop();
    await rm(join(dataDir, '..'), { recursive: true, force: true });
  }

  try {
    for (let index = 0; index < count; index += 1) await start();
  } catch (error) {
    await close();
    throw error;
  }
  return { servers, redis, databaseUrl, dataDir, start, close };
}

export async function createDatabase(postgresUrl: string): Promise<{ databaseUrl: string; drop(): Promise<void> }> {
  const name = `instances_${randomBytes(6).toString('hex')}`;
  await administer(postgresUrl, `create database ${name}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return { databaseUrl: url.href, drop: () => administer(postgresUrl, `drop database ${name} with (force)`) };
}

async function administer(postgresUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
