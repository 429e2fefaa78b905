import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { loadOrCreateKeys } from './adapters/keys.ts';
import { DataFolderInUse } from './adapters/postgres/ownership.ts';
import { WrongPartitionCount } from './adapters/queue/rabbitmq/ledger.ts';
import { createApp, service } from './app.ts';
import { type Config, ConfigError, hasRedis, loadConfig } from './config.ts';
import { migrate } from './db/migrate.ts';
import { openPool } from './db/pool.ts';
import { fromIngress } from './doors/pubsub-table.ts';
import { createGate } from './http/gate.ts';
import { createMetrics } from './metrics.ts';
import { openDatabase } from './start/database.ts';
import { openBlobs, openScanner, UnusableBucket } from './start/files.ts';
import { InstancesDisagree, leaseInstance } from './start/lease.ts';
import { PortTaken, portTaken } from './start/port-taken.ts';
import { openSharedQueue } from './start/queue.ts';
import { onStop } from './start/signals.ts';
import { runMessageWorker } from './start/worker-role.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readConfig() {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) fail(error.message);
    throw error;
  }
}

async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino({ level: config.logLevel, base: null });
  for (const warning of config.warnings) print(`warning   ${warning}`);
  await (config.role === 'message-worker' ? runWorker(config, logger) : runServer(config, logger));
}

async function runServer(config: Config, logger: Logger): Promise<void> {
  const gate = createGate(service);
  const port = await gate.listen(config.port, config.host).catch(async (error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new PortTaken(await portTaken(config, service.name)) : error;
  });
  const keys = await loadOrCreateKeys(join(config.dataDir, 'keys'), config.authPrivateKey);
  const { source, database } = await openStore(config, logger);
  const redis = hasRedis(config)
    ? await (await import('./start/redis.ts')).openSharedRedis(config, { logger, print, onIngress: fromIngress })
    : undefined;
  if (redis === undefined) print('bus       in process');
  const metrics = createMetrics();
  const instanceId = randomUUID();
  const queue = await openSharedQueue(config, { db: database.db, instanceId, metrics, logger, print });
  if (queue === undefined) print('queue     in process');
  const store = await openBlobs(config, keys);
  const scanner = openScanner(config);
  await store.ready(print);
  print(`files     ${store.blobs.name}`);
  print(`scanner   ${scanner?.name ?? 'off: uploads are not searched for malware (CLAMAV_HOST)'}`);
  const lease = await leaseInstance({
    database,
    url: source.url,
    id: instanceId,
    role: config.role,
    shares: {
      bus: redis === undefined ? 'in process' : 'Redis',
      queue: queue === undefined ? 'in process' : 'RabbitMQ',
      signingKey: keys.kid,
      blobs: store.blobs.identity,
    },
    onError: (error, what) => logger.warn({ err: error }, what),
  });
  const shared = { ...redis, ...(queue === undefined ? {} : { queue, instanceId }) };
  const app = await createApp({ config, database, keys, logger, gate, metrics, store, scanner, ...shared });
  if (config.demo) await (await import('./demo/seed.ts')).seedDemo(app.modules, database.db, print);
  // Also what an earlier process stored and did not come to.
  void app.indexer.reconcile();
  print(`Parley is at ${config.port === port ? config.publicUrl : `http://localhost:${port}`}`);
  stopInOrder(config, logger, (milliseconds) => app.drain(milliseconds), [
    async () => redis?.close(),
    lease.release,
    database.close,
    source.stop,
  ]);
}

async function runWorker(config: Config, logger: Logger): Promise<void> {
  const { source, database } = await openStore(config, logger);
  const worker = await runMessageWorker({ config, database, logger, service, print });
  stopInOrder(config, logger, worker.drain, [database.close, source.stop]);
}

let isStopping = false;

/** Most of what one process may open; half of it, and no more than partitions need, is for the hot path. */
function shareOf(connections: number): { max: number; pipelines: number } {
  const pipelines = Math.min(12, Math.floor(connections / 2));
  return { max: connections - pipelines, pipelines };
}

async function openStore(config: Config, logger: Logger) {
  const source = await openDatabase(config, { logger, print });
  const database = openPool({
    url: source.url,
    ...shareOf(config.databasePool),
    // Not the error itself: it holds the whole client. And at the end the database closes what the pool has let go.
    onError: ({ message }) => isStopping || logger.warn({ reason: message }, 'a connection to the database broke'),
  });
  const steps = await migrate(database.pool);
  print(`database  ${source.name}${steps.length > 0 ? `, ${steps.length} migrations run` : ''}`);
  return { source, database };
}

function stopInOrder(
  config: Config,
  logger: Logger,
  drain: (milliseconds: number) => Promise<void>,
  rest: (() => Promise<void>)[],
): void {
  onStop({
    seconds: config.drainSeconds,
    print,
    logger,
    async stop(milliseconds) {
      await drain(milliseconds);
      isStopping = true;
      for (const close of rest) await close();
    },
  });
}

main().catch((error: Error) => {
  const told = [PortTaken, DataFolderInUse, WrongPartitionCount, InstancesDisagree, UnusableBucket];
  const isTold = told.some((kind) => error instanceof kind);
  fail(isTold ? error.message : `Parley could not start: ${error.stack ?? error}`);
});
