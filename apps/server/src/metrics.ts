import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** How many events a bus has carried since the start. */
export interface BusStats {
  published: number;
  received: number;
  dropped: number;
}

/** What a process tells about itself: read when asked for. */
export interface Sources {
  /** By door. */
  connections(): Readonly<Record<string, number>>;
  hub(): { topics: number; subscriptions: number };
  bus?(): BusStats;
  /** Uploads that wait to be examined here. */
  filesWaiting?(): number;
  queueDepth(): number;
  /** Age in ms of the oldest message that waits in this process. */
  queueLag(): number;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** All metrics of a process, in a registry of their own. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });

  const metrics = {
    registry,
    httpRequests: new Counter({
      name: 'messenger_http_requests_total',
      help: 'Requests answered, by method, route template and status',
      labelNames: ['method', 'path', 'status'],
      registers,
    }),
    httpDuration: new Histogram({
      name: 'messenger_http_request_duration_seconds',
      help: 'Time from request to answer, by method and route template',
      labelNames: ['method', 'path'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    connectionsOpened: new Counter({
      name: 'messenger_ws_connections_total',
      help: 'Socket connections that were signed in',
      labelNames: ['door'],
      registers,
    }),
    batchSize: new Histogram({
      name: 'messenger_worker_batch_size',
      help: 'Messages stored in one transaction',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    messagesStored: new Counter({ name: 'messenger_messages_stored_total', help: 'Messages stored', registers }),
    messagesDiscarded: new Counter({
      name: 'messenger_messages_discarded_total',
      help: 'Accepted messages that could not be stored',
      registers,
    }),
    storeRetries: new Counter({
      name: 'messenger_worker_retries_total',
      help: 'Attempts to store messages that failed and were repeated',
      registers,
    }),
    filesExamined: new Histogram({
      name: 'messenger_file_examination_seconds',
      help: 'Time to scan a file and to draw a picture anew, by outcome',
      labelNames: ['outcome'],
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
      registers,
    }),
    deadLetters: new Counter({
      name: 'messenger_worker_dead_letters_total',
      help: 'Messages that can never be stored and were put aside',
      registers,
    }),
  };
  const active = gauge('messenger_ws_connections_active', 'Socket connections that are signed in', ['door']);
  const topics = gauge('messenger_hub_topics', 'Topics with subscribers on this instance');
  const subscriptions = gauge('messenger_hub_subscriptions', 'Subscriptions on this instance');
  const published = gauge('messenger_bus_published', 'Events this instance has given to the bus');
  const received = gauge('messenger_bus_received', 'Events that came to this instance by the bus, without its own');
  const dropped = gauge(
    'messenger_bus_dropped',
    'Events that the bus did not take; other instances find them in the log',
  );
  const lag = gauge('messenger_worker_lag_seconds', 'Age of the oldest message that this process is about to store');
  const files = gauge('messenger_files_waiting', 'Uploads that wait in this process to be examined');
  const depth = gauge('messenger_queue_depth', 'Accepted messages that are not stored yet');

  return {
    ...metrics,
    /** The text that Prometheus reads. */
    async expose(sources: Sources): Promise<string> {
      for (const [door, count] of Object.entries(sources.connections())) active.set({ door }, count);
      topics.set(sources.hub().topics);
      subscriptions.set(sources.hub().subscriptions);
      const bus = sources.bus?.() ?? { published: 0, received: 0, dropped: 0 };
      published.set(bus.published);
      received.set(bus.received);
      dropped.set(bus.dropped);
      files.set(sources.filesWaiting?.() ?? 0);
      depth.set(sources.queueDepth());
      lag.set(sources.queueLag() / 1_000);
      return registry.metrics();
    },
  };
}
