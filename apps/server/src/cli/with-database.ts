import { runningEmbeddedUrl, startEmbeddedPostgres } from '../adapters/postgres/embedded.ts';
import { loadConfig } from '../config.ts';

const logger = { info: console.log, warn: console.warn, error: console.error };

/** Runs a command on the database that the settings name: DATABASE_URL, or the embedded one, started for the time if no Parley runs. */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir } = loadConfig({ argv: [] });
  const url = databaseUrl ?? runningEmbeddedUrl(dataDir);
  if (url !== undefined) return work(url);
  const server = await startEmbeddedPostgres({ dataDir, logger });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

/** The only argument of a command. */
export function fileArgument(usage: string): string {
  const [file, ...surplus] = process.argv.slice(2);
  if (file !== undefined && !file.startsWith('-') && surplus.length === 0) return file;
  console.error(usage);
  process.exit(2);
}

/** Ends a command that fails with a line and not with a stack trace. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    // A refused connection to a name with several addresses has no message of its own.
    const { message, code } = error as Error & { code?: string };
    console.error(message || code || error);
    process.exitCode = 1;
  }
}
