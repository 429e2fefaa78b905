import type { RequestListener } from 'node:http';
import { sessionsTopic } from '@parley/contract';
import {
  type Bus,
  type Connection,
  type ConnectionEvents,
  type Connections,
  createConnections,
  createHub,
  createMemoryBus,
  type Hub,
  type SocketIODoorOptions,
} from '@parley/realtime';
import type { Logger } from 'pino';
import type { SigningKeys } from './adapters/keys.ts';
import { createMemoryQueue } from './adapters/queue/memory.ts';
import type { Config } from './config.ts';
import type { Pool } from './db/pool.ts';
import { registerDocs } from './docs/routes.ts';
import { createDoors } from './doors/doors.ts';
import { createAddressOf } from './http/address.ts';
import { bindRoutes } from './http/bind.ts';
import { serveBlobs } from './http/blobs.ts';
import { allowOrigins } from './http/cors.ts';
import type { Gate } from './http/gate.ts';
import { createIdentify } from './http/identity.ts';
import { createLimits, type Limits } from './http/limits.ts';
import { observeRequests } from './http/observe.ts';
import { createOrigins } from './http/origins.ts';
import { servePictures } from './http/pictures.ts';
import { addSecurityHeaders } from './http/security-headers.ts';
import { createHttpServer } from './http/server.ts';
import { refuseSlowBodies } from './http/slow-bodies.ts';
import { serveWebApp } from './http/web.ts';
import { rotateLog } from './log/retention.ts';
import { type BusStats, createMetrics, type Metrics } from './metrics.ts';
import { authRoutes } from './modules/auth/routes.ts';
import { avatarRoutes } from './modules/avatars/routes.ts';
import { blockRoutes } from './modules/blocks/routes.ts';
import { chatRoutes } from './modules/chats/routes.ts';
import { draftRoutes } from './modules/drafts/routes.ts';
import { resumableRoutes } from './modules/files/resumable-routes.ts';
import { fileRoutes } from './modules/files/routes.ts';
import type { Scanner } from './modules/files/scanner.ts';
import { healthRoutes } from './modules/health/routes.ts';
import { inviteRoutes } from './modules/invites/routes.ts';
import { memberRoutes } from './modules/members/routes.ts';
import type { Queue } from './modules/messages/queue.ts';
import { messageRoutes } from './modules/messages/routes.ts';
import { pinRoutes } from './modules/pins/routes.ts';
import type { Roster } from './modules/presence/roster.ts';
import { reactionRoutes } from './modules/reactions/routes.ts';
import { readingRoutes } from './modules/reading/routes.ts';
import { scheduledRoutes } from './modules/scheduled/routes.ts';
import { createIndexer, type Indexer, noteForSearch } from './modules/search/indexer.ts';
import { searchRoutes } from './modules/search/routes.ts';
import { settingsRoutes } from './modules/settings/routes.ts';
import { stickerRoutes } from './modules/stickers/routes.ts';
import { stickerImages } from './modules/stickers/set.ts';
import { syncRoutes } from './modules/sync/routes.ts';
import { userRoutes } from './modules/users/routes.ts';
import { createModules, type Modules } from './modules.ts';
import type { OpenBlobs } from './start/files.ts';
import { hearResults } from './start/instances.ts';
import { startMessageWorker, startSender } from './start/message-worker.ts';

export const service = { name: 'parley', version: '0.1.0' };

type AppConfig = Pick<
  Config,
  | 'trustProxy'
  | 'corsOrigins'
  | 'publicUrl'
  | 'sessionDomain'
  | 'rateLimits'
  | 'pubsubConnectionsPerAddress'
  | 'passwordPolicy'
  | 'accessTokenTtl'
  | 'refreshTokenTtl'
  | 'logRetentionDays'
  | 'chatPartitionCount'
  | 'chatPrefetch'
  | 'maxRetries'
  | 'chatWorkerEnabled'
  | 'maxUploadBytes'
  | 'uploadQuotaBytes'
  | 'presignTtl'
> & { role?: Config['role'] };

export interface AppOptions {
  config: AppConfig;
  database: Pool;
  keys: SigningKeys;
  logger: Logger;
  gate: Gate;
  /** Where files are. */
  store: OpenBlobs;
  scanner?: Scanner | undefined;
  /** What instances share; in process and of its own by default. */
  bus?: Bus;
  busStats?: () => BusStats;
  roster?: Roster;
  limits?: Limits;
  socketAdapter?: SocketIODoorOptions['adapter'];
  /** The queue that several processes share, and the name under which this one hears of results. In process by default. */
  queue?: Queue;
  instanceId?: string;
  metrics?: Metrics;
  now?: () => number;
}

export interface App {
  /** Fills the search table; it is told of new messages by itself. */
  indexer: Indexer;
  modules: Modules;
  hub: Hub;
  connections: Connections;
  /** Sends clients elsewhere, finishes what was accepted, stops; within about `milliseconds`. */
  drain(milliseconds: number): Promise<void>;
}

const hour = 3_600_000;

/** The composition root: adapters, hub, modules, doors. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, database, keys, logger, gate, store, now = Date.now } = options;
  const { db } = database;
  const metrics = options.metrics ?? createMetrics();
  const limits = options.limits ?? createLimits({ enabled: config.rateLimits, now });
  const origins = createOrigins([...config.corsOrigins, config.publicUrl]);
  const connections = createConnections();
  const indexer = createIndexer({ db, onError: (error, what) => onError(error, what) });
  const bus = noteForSearch(options.bus ?? createMemoryBus(), indexer);
  const queue = options.queue ?? createMemoryQueue(memoryQueueSettings(config));
  const onError = (error: unknown, what: string) => logger.error({ err: error }, what);
  let isDraining = false;

  await rotateLog(db, config.logRetentionDays, now());
  const modules = await createModules({
    db,
    run: database.pipeline.run,
    keys,
    queue,
    limits,
    roster: options.roster,
    now,
    onError,
    publish: (event) => bus.publish(event),
    auth: authSettings(config),
    blobs: store.blobs,
    scanner: options.scanner,
    files: { maxBytes: config.maxUploadBytes, quotaBytes: config.uploadQuotaBytes },
    onExamined: (outcome, seconds) => metrics.filesExamined.observe({ outcome }, seconds),
  });
  const hub = createHub({ bus, log: modules.log, allowedAmong: modules.members.allowedAmong, logger });
  await hub.subscribe(
    { userId: undefined, deliver: (event) => event.endSession && modules.auth.revoked.add(event.endSession) },
    sessionsTopic,
  );
  // What ended between the start of the modules and the subscription.
  await modules.auth.revoked.load();
  if (options.instanceId !== undefined) await hearResults(hub, options.instanceId, queue);
  let sender: ReturnType<typeof startSender> | undefined;
  if (config.chatWorkerEnabled && config.role !== 'api') {
    sender = startSender({ log: modules.log, queue, now, onError });
    startMessageWorker({ database, log: modules.log, queue, bus, metrics, logger, maxRetries: config.maxRetries });
  }
  connections.listen({ onOpen: ({ door }) => metrics.connectionsOpened.inc({ door }) });
  connections.listen(ofPeople(modules.presence));

  const doors = createDoors({
    hub,
    connections,
    modules,
    limits,
    origins,
    logger,
    addressOf: createAddressOf(config.trustProxy),
    socketAdapter: options.socketAdapter,
    pubsubPerAddress: config.rateLimits ? config.pubsubConnectionsPerAddress : Number.POSITIVE_INFINITY,
  });
  await serveHttp();
  doors.attach(gate.server);
  const timer = setInterval(keepHouse, hour);
  modules.examiner.start();

  async function serveHttp(): Promise<void> {
    let handler: RequestListener | undefined;
    const server = createHttpServer({ logger, trustProxy: config.trustProxy }, (listener) => {
      handler = listener;
      return gate.server;
    });
    addSecurityHeaders(server, store.blobs.origins);
    refuseSlowBodies(server);
    allowOrigins(server, origins);
    observeRequests(server, metrics);
    const identify = createIdentify({
      authenticate: modules.auth.authenticateRequest,
      allowOrigin: (origin, request) => origins.allows(origin, request),
    });
    await server.register(async (routes) => bindRoutes(routes, handlers(), { identify, limits }));
    registerDocs(server);
    servePictures(server, { blobs: store.blobs, stickers: stickerImages });
    if (store.disk) serveBlobs(server, { blobs: store.disk, scratch: modules.scratch, ttl: config.presignTtl });
    if (!(await serveWebApp(server))) logger.warn('the web app is not built; serving the API only');
    await server.ready();
    if (handler) gate.open(handler);
  }

  function handlers() {
    return {
      ...authRoutes(modules.auth),
      ...userRoutes(modules.users),
      ...settingsRoutes(modules.settings),
      ...blockRoutes(modules.blocks),
      ...chatRoutes(modules.chats),
      ...memberRoutes(modules.members),
      ...inviteRoutes(modules.invites),
      ...draftRoutes(modules.drafts),
      ...scheduledRoutes(modules.scheduled),
      ...messageRoutes(modules.messages, modules.forwarding),
      ...pinRoutes(modules.pins),
      ...reactionRoutes(modules.reactions),
      ...fileRoutes(modules.files),
      ...resumableRoutes({ uploads: modules.uploads, maxBytes: config.maxUploadBytes }),
      ...avatarRoutes(modules.avatars),
      ...stickerRoutes(),
      ...readingRoutes(modules.reading),
      ...syncRoutes(modules.sync),
      ...searchRoutes(modules.search),
      ...healthRoutes({
        db,
        service: service.name,
        version: service.version,
        isDraining: () => isDraining,
        queueState: queue.state,
        busState: () => (bus.isHealthy() ? 'ok' : 'is away: events go by the log'),
        expose: () =>
          metrics.expose({
            connections: () => ({
              websocket: doors.websocket.stats().connections,
              socketio: doors.socketio.stats().connections,
              pubsub: doors.pubsub.stats().connections,
            }),
            hub: hub.stats,
            ...(options.busStats === undefined ? {} : { bus: options.busStats }),
            filesWaiting: modules.examiner.waiting,
            queueDepth: queue.depth,
            queueLag: queue.lag,
          }),
        metricsType: metrics.registry.contentType,
      }),
    };
  }

  /** What was sent to an address of the store on disk. */
  function keepHouse(): void {
    rotateLog(db, config.logRetentionDays, now()).catch((error) => onError(error, 'the log was not rotated'));
    modules.sweepFiles().catch((error) => onError(error, 'unused files were not removed'));
    modules.auth.sweep().catch((error) => onError(error, 'old sessions were not removed'));
  }

  return {
    indexer,
    modules,
    hub,
    connections,
    async drain(milliseconds) {
      isDraining = true;
      clearInterval(timer);
      await sender?.stop();
      await indexer.stop();
      const doorsMs = Math.max(0, milliseconds - 1_000) / 2;
      modules.presence.drain(doorsMs);
      await doors.drain(doorsMs);
      await gate.close(Math.max(500, milliseconds / 4));
      await modules.examiner.stop();
      await queue.close();
      await modules.presence.stop();
      await doors.close();
      hub.close();
      await bus.close();
      await modules.scratch.close();
    },
  };
}

const memoryQueueSettings = ({ chatPartitionCount, chatPrefetch }: AppConfig) => ({
  batch: chatPrefetch,
  ...(chatPartitionCount === undefined ? {} : { partitions: chatPartitionCount }),
});

/** On PubSub programs listen: they make nobody be here. */
function ofPeople({ opened, closed, activity }: Modules['presence']): ConnectionEvents {
  const isPerson = ({ door }: Connection) => door !== 'pubsub';
  return {
    onOpen: (connection) => isPerson(connection) && opened(connection),
    onClose: (connection, clean) => isPerson(connection) && closed(connection, clean),
    onActivity: (connection) => isPerson(connection) && activity(connection),
  };
}

function authSettings(config: AppConfig) {
  return {
    accessTtl: config.accessTokenTtl,
    refreshTtl: config.refreshTokenTtl,
    sessionTtl: config.refreshTokenTtl,
    passwordPolicy: config.passwordPolicy,
    cookie: { domain: config.sessionDomain, secure: config.publicUrl.startsWith('https:') ? true : ('auto' as const) },
    throttle: config.rateLimits,
    origins: [config.publicUrl, ...config.corsOrigins],
  };
}
