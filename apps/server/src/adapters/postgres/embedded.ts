import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFolder, prepareCluster, readPassword } from './cluster.ts';
import { ensureDatabase, serverUrl } from './database.ts';
import { ownDataFolder } from './ownership.ts';
import { findServer, stopOrphan } from './postmaster-file.ts';
import { chooseRunAs } from './run-as.ts';
import { type Supervisor, supervise } from './supervisor.ts';

export interface EmbeddedPostgres {
  /** Valid until stop(); a restarted server keeps its port and password. */
  url: string;
  /** The server process of the moment; another one after a restart. */
  pid(): number;
  /** Ends all sessions, writes a checkpoint, stops the server and gives up the data folder. Takes 30 s at most. */
  stop(): Promise<void>;
  /** Called once if the server died and could not be restarted. Nothing can be stored any more: end the process. */
  onExit(listener: (reason: Error) => void): void;
}

export interface EmbeddedOptions {
  dataDir: string;
  logger: Logger;
  /** Milliseconds to wait before each new start of a server that died; after the last one it is given up. About a minute by default. */
  restartPauses?: number[];
}

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Runs a real PostgreSQL under the data folder, on loopback, with a random password. Creates it on the first start,
 * stops what a killed Parley left running, restarts it when it dies. Refuses a folder that another Parley uses.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(options.dataDir);
  const owner = await ownDataFolder(dataDir);
  try {
    const server = await startServer({ ...options, dataDir });
    const stop = async () => {
      await server.stop();
      await owner.release();
    };
    return { url: server.url, pid: server.pid, stop, onExit: server.onExit };
  } catch (error) {
    await owner.release();
    throw error;
  }
}

async function startServer({ dataDir, logger, restartPauses }: EmbeddedOptions): Promise<Supervisor & { url: string }> {
  const runAs = chooseRunAs(dataDir);
  if (await stopOrphan(clusterFolder(dataDir))) logger.warn('stopped the PostgreSQL of a Parley that was killed');
  const { cluster, password } = await prepareCluster(dataDir, runAs);
  const server = await supervise({ cluster, runAs, logFile: join(dataDir, 'postgres.log') }, logger, restartPauses);
  try {
    return { ...server, url: await ensureDatabase(password, server.port) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The address of the server that runs in this data folder at the moment, for a command beside a running Parley. */
export function runningEmbeddedUrl(dataDir: string): string | undefined {
  const server = findServer(clusterFolder(dataDir));
  const password = readPassword(dataDir);
  return server?.isReady && password ? serverUrl(password, server.port) : undefined;
}
