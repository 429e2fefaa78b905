import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../apps/server/src/adapters/postgres/embedded.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A PostgreSQL for the time of the work. */
export async function withPostgres<T>(work: (postgresUrl: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-faults-'));
  const server = await startEmbeddedPostgres({ dataDir, logger: silent });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
