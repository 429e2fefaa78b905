import { relative } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded.ts';
import type { Config } from '../config.ts';

export interface DatabaseSource {
  url: string;
  /** For people. */
  name: string;
  stop(): Promise<void>;
}

interface Output {
  logger: Logger;
  print(line: string): void;
}

/** The PostgreSQL that the settings name, or the embedded one. A server that is not up yet is waited for. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  output: Output,
): Promise<DatabaseSource> {
  if (config.databaseUrl === undefined) return openEmbedded(config.dataDir, output);
  const { host } = new URL(config.databaseUrl);
  await waitFor(config.databaseUrl, (reason) => output.print(`waiting for PostgreSQL at ${host} (${reason})`));
  return { url: config.databaseUrl, name: `PostgreSQL at ${host}`, stop: async () => {} };
}

async function openEmbedded(dataDir: string, { logger }: Output): Promise<DatabaseSource> {
  const server = await startEmbeddedPostgres({ dataDir, logger });
  server.onExit((reason) => {
    logger.fatal({ err: reason }, 'the embedded PostgreSQL is gone for good; nothing can be stored any more');
    process.exit(1);
  });
  return {
    url: server.url,
    name: `embedded PostgreSQL in ${relative(process.cwd(), dataDir) || '.'}`,
    stop: server.stop,
  };
}

async function waitFor(url: string, onWait: (reason: string) => void): Promise<void> {
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      refuseForGood(error as NodeJS.ErrnoException);
      onWait((error as NodeJS.ErrnoException).code ?? (error as Error).message);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** A wrong password or a missing database does not come right by waiting (SQLSTATE classes 28 and 3D). */
function refuseForGood(error: NodeJS.ErrnoException): void {
  if (/^(28|3D)/.test(error.code ?? '')) throw new Error(`PostgreSQL refused the connection: ${error.message}`);
}
