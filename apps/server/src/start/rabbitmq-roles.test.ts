import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createMemoryExchange } from '@parley/realtime';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../adapters/queue/queue.suite.ts';
import { createStage } from '../adapters/queue/rabbitmq/testing/stage.ts';
import { startWorker } from '../adapters/queue/rabbitmq/testing/worker.ts';
import type { Queue } from '../modules/messages/queue.ts';
import { startApp } from '../testing/app.ts';
import { createTestDatabase } from '../testing/database.ts';
import { openLive } from '../testing/live.ts';
import { buildUser } from '../testing/people.ts';
import { type RabbitServer, startRabbitServer } from '../testing/rabbitmq.ts';

let server: RabbitServer;
const children: ChildProcess[] = [];
beforeAll(async () => {
  server = await startRabbitServer();
});
afterAll(() => server.stop());
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Running {
  printed(): string;
  child: ChildProcess;
}

function start(env: Record<string, string>, ...args: string[]): Running {
  const program = fileURLToPath(new URL('../main.ts', import.meta.url));
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--conditions=source', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { PATH, HOME, RATE_LIMITS: 'off', LOG_LEVEL: 'error', ...env },
  });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  return { printed: () => output, child };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

const statusOf = (url: string): Promise<number> =>
  fetch(url).then(
    (response) => response.status,
    () => 0,
  );

test('API and worker in processes of their own, started before the broker: a message is accepted, stored, told', async () => {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'parley-roles-'));
  const [port, healthPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: database.url,
    RABBITMQ_HOST: '127.0.0.1',
    RABBITMQ_PORT: String(server.port),
    PARLEY_DATA: folder,
    WORKER_HEALTH_PORT: String(healthPort),
  };
  await server.kill9();
  const api = start(env, '--role', 'api', '--port', String(port));
  const worker = start(env, '--role', 'message-worker');
  const health = `http://127.0.0.1:${healthPort}/workers/health`;
  for (const one of [api, worker])
    await until(() => one.printed().includes(`waiting for RabbitMQ at 127.0.0.1:${server.port} (ECONNREFUSED)`));
  expect(await statusOf(`${url}/health/ready`)).toBe(503);
  expect(await statusOf(health)).toBe(503);

  await server.start();
  await until(async () => (await statusOf(`${url}/health/ready`)) === 200 && (await statusOf(health)) === 200, 40_000);
  const [ann, bob] = [await buildUser(url, 'ann'), await buildUser(url, 'bob')];
  const { id } = await ann.ask<{ id: string }>('POST', '/chats', { body: { type: 'direct', memberIds: [bob.id] } });
  const live = await openLive(url, bob.token);
  const sent = await ann.call('POST', `/chats/${id}/messages`, { body: { content: 'hello', clientMessageId: 'c1' } });
  expect(sent).toMatchObject({ status: 202, body: { clientMessageId: 'c1', brokerMessageId: expect.any(String) } });
  // Without a bus between the processes the log tells, at the latest after 5 s.
  const frame = await live.until(({ type }) => type === 'message', 15_000);
  expect(frame.message).toMatchObject({ content: 'hello', sequence: 1, status: 'sent' });
  const stored = await ann.call('POST', `/chats/${id}/messages`, { body: { content: 'and wait' } });
  expect(stored).toMatchObject({ status: 201, body: { sequence: 2 } });
  const metrics = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
  expect(metrics).toContain('messenger_messages_stored_total 2');

  await live.close();
  for (const { child } of [api, worker]) {
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  }
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** A queue whose worker is there, and stores nothing before it may. */
const storingAfter = (may: Promise<void>, queue: Queue): Queue => ({
  ...queue,
  consume: (consumption) =>
    queue.consume({ ...consumption, store: (...args) => may.then(() => consumption.store(...args)) }),
});

test('what became of a message is told to the instance that waits, by the bus; what is accepted can be edited at once', async () => {
  const stage = await createStage(server);
  const exchange = createMemoryExchange();
  const [end, other] = [await stage.open(), await stage.open()];
  const app = await startApp({
    database: stage.database,
    bus: exchange.connect(),
    config: { role: 'api' },
    shared: { queue: end.queue, instanceId: end.instanceId },
  });
  const ann = await buildUser(app.url, 'ann');
  const { id } = await ann.ask<{ id: string }>('POST', '/chats', {
    body: { type: 'group', title: 'g', memberIds: [] },
  });
  const path = `/chats/${id}/messages`;
  const held = Promise.withResolvers<void>();
  await startWorker(stage.database, storingAfter(held.promise, other.queue), exchange.connect());

  const accepted = await ann.ask<{ id: string }>('POST', path, { body: { content: 'one', clientMessageId: 'k' } });
  const edited = ann.call('PUT', `${path}/${accepted.id}`, { body: { content: 'uno' } });
  const answered = ann.call('POST', path, { body: { content: 'two', replyToMessageId: accepted.id } });
  await sleep(100);
  held.resolve();
  expect(await edited).toMatchObject({ status: 200, body: { content: 'uno' } });
  expect(await answered).toMatchObject({ status: 201, body: { replyTo: { messageId: accepted.id } } });

  // A refusal is in no table that could be asked: only the worker's word can have told it.
  await sql`alter table messages add constraint only_good check (content <> 'bad')`.execute(stage.database.db);
  expect(await ann.call('POST', path, { body: { content: 'bad' } })).toMatchObject({ status: 400 });
  await app.close();
  await stage.close();
});
