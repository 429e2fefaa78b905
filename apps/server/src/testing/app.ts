import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@parley/realtime';
import pino from 'pino';
import { loadOrCreateKeys } from '../adapters/keys.ts';
import { type App, type AppOptions, createApp, service } from '../app.ts';
import { type Config, loadConfig } from '../config.ts';
import { openPool, type Pool } from '../db/pool.ts';
import { createGate } from '../http/gate.ts';
import type { Scanner } from '../modules/files/scanner.ts';
import { type OpenBlobs, openBlobs } from '../start/files.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestApp extends App {
  url: string;
  database: TestDatabase;
  close(): Promise<void>;
}

interface Options {
  config?: Partial<Config>;
  /** Another instance on the same data, with this bus. */
  database?: TestDatabase;
  bus?: Bus;
  /** A queue that processes share, and the name under which this instance hears of results. */
  shared?: Pick<AppOptions, 'queue' | 'instanceId'>;
  /** Where files are; a folder of its own by default. */
  store?: OpenBlobs;
  dataDir?: string;
  scanner?: Scanner;
  now?: () => number;
  logLevel?: string;
}

const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

/** A real server on a free port with a database of its own, without limits unless `config.rateLimits` says so. */
export async function startApp(options: Options = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-app-'));
  const config = {
    ...loadConfig({ argv: ['--port', '0'], env: { RATE_LIMITS: 'off' }, envFile: join(folder, 'none') }),
    ...options.config,
  };
  const database = options.database ?? (await createTestDatabase());
  const pool: Pool = options.database ? openPool({ url: database.url, max: 10, onError: () => {} }) : database;
  const gate = createGate(service);
  const port = await gate.listen(0, '127.0.0.1');
  const logger = pino({ level: options.logLevel ?? 'silent' });
  const keys = await loadOrCreateKeys(folder, key);
  const app = await createApp({
    config,
    database: pool,
    logger,
    gate,
    keys,
    store: options.store ?? (await openBlobs({ ...config, dataDir: options.dataDir ?? folder }, keys)),
    scanner: options.scanner,
    ...(options.bus ? { bus: options.bus } : {}),
    ...options.shared,
    ...(options.now ? { now: options.now } : {}),
  });

  return {
    ...app,
    url: `http://127.0.0.1:${port}`,
    database,
    async close() {
      await app.drain(0);
      if (options.database) await pool.close();
      else await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
