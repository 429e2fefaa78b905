import { createServer } from 'node:http';
import type { Queue } from '../modules/messages/queue.ts';

interface Options {
  port: number;
  host: string | undefined;
  service: { name: string; version: string };
  /** Undefined while it is being opened. */
  queue(): Queue | undefined;
  checkDatabase(): Promise<string>;
  expose(): Promise<string>;
  metricsType: string;
}

export interface WorkerHealth {
  port: number;
  close(): Promise<void>;
}

/** Says how a worker is: `/workers/health` for people and supervisors, `/metrics` for Prometheus. */
export async function serveWorkerHealth(options: Options): Promise<WorkerHealth> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const answer = path === '/metrics' ? metrics : path === '/workers/health' ? health : notFound;
    answer(options).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, ...(options.host === undefined ? {} : { host: options.host }) }, () =>
      resolve((server.address() as { port: number }).port),
    );
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});

async function health({ queue, checkDatabase, service }: Options): Promise<Answer> {
  const open = queue();
  const parts = { database: await checkDatabase(), queue: open?.state() ?? 'is being waited for' };
  const isOk = Object.values(parts).every((state) => state === 'ok');
  const lagMs = open?.lag() ?? 0;
  return json(isOk ? 200 : 503, {
    status: isOk ? 'ok' : 'unavailable',
    service: service.name,
    role: 'message-worker',
    parts,
    lagMs,
  });
}

async function metrics({ expose, metricsType }: Options): Promise<Answer> {
  return { status: 200, type: metricsType, body: await expose() };
}

async function notFound(): Promise<Answer> {
  return json(404, { code: 'not_found' });
}
