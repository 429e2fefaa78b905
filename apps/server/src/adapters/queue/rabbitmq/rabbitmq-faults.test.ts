import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RabbitServer, startRabbitServer } from '../../../testing/rabbitmq.ts';
import { until } from '../queue.suite.ts';
import { openDeadLetters } from './dead-letters.ts';
import { createLedger } from './ledger.ts';
import { partitionOfSlot, queueName, slotOf } from './names.ts';
import { repartition } from './repartition.ts';
import { buildAuthor, buildSend, readFailures, readHistory } from './testing/chats.ts';
import { startLoad } from './testing/load.ts';
import { createStage, type Stage } from './testing/stage.ts';
import { startWorker } from './testing/worker.ts';
import type { WorkerOrders } from './testing/worker-process.ts';

let server: RabbitServer;
let stage: Stage;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startRabbitServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await stage.close();
});

async function startWorkerProcess(fault?: WorkerOrders['fault']): Promise<ChildProcess> {
  const orders: WorkerOrders = {
    broker: server.url,
    database: stage.database.url,
    names: stage.names,
    ...(fault === undefined ? {} : { fault }),
  };
  const program = fileURLToPath(new URL('./testing/worker-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', program, JSON.stringify(orders)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  } as Parameters<typeof spawn>[2]);
  children.push(child);
  await once(child, 'message');
  return child;
}

const listQueues = async () => (await server.control('-q', 'list_queues', 'name')).split('\n');
const sum = (counts: readonly number[]) => counts.reduce((total, one) => total + one, 0);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('what is pulled from the wall under load', () => {
  test('the broker, by kill -9: what was acknowledged is stored once, in order', async () => {
    stage = await createStage(server);
    const api = await stage.open();
    await startWorker(stage.database, (await stage.open()).queue);
    const load = await startLoad(stage.database.db, api.queue, 12);
    await until(() => load.acknowledged() > 500);
    await server.kill9();
    await pause(500);
    expect(api.queue.state()).not.toBe('ok');
    await server.start();
    const before = load.acknowledged();
    await until(() => load.acknowledged() > before + 500);
    await load.stop();
    expect(load.refusals.get('unavailable')).toBeGreaterThan(0);
    await load.verify(stage.database.db);
  });

  test('the broker, by kill -9, right after its first confirmation: it has not forgotten the queue', async () => {
    stage = await createStage(server);
    const { db } = stage.database;
    const author = await buildAuthor(db);
    const { queue } = await stage.open({ partitionCount: 1 });
    await queue.accept(buildSend(author, 'm'));
    await server.kill9();
    await server.start();
    await startWorker(stage.database, queue);
    await until(async () => (await readHistory(db, author.chatId)).contents.length === 1);
  });

  test('the broker, by kill -9, while its queues are made: they are made anew', async () => {
    stage = await createStage(server);
    const opening = stage.open();
    await until(async () => (await listQueues()).includes(queueName(stage.names, 1, 7)));
    await server.kill9();
    await server.start();
    const { queue } = await opening;
    await startWorker(stage.database, queue);
    const load = await startLoad(stage.database.db, queue, 24);
    await until(() => load.acknowledged() > 500);
    await load.stop();
    await load.verify(stage.database.db);
  });

  test('a queue, by somebody who deletes it: it is made again', async () => {
    stage = await createStage(server);
    const { queue } = await stage.open();
    await startWorker(stage.database, queue);
    const { db } = stage.database;
    const author = await buildAuthor(db);
    const partition = partitionOfSlot(Number(slotOf(author.chatId)), 8);
    await server.control('delete_queue', queueName(stage.names, 1, partition));
    await queue.accept(buildSend(author, 'm'));
    await until(async () => (await readHistory(db, author.chatId)).contents.length === 1);
    expect(await createLedger(db).unmade(1)).toEqual([]);
  });

  test('the connections to the broker, again and again', async () => {
    stage = await createStage(server);
    const api = await stage.open();
    for (let count = 0; count < 2; count += 1) await startWorker(stage.database, (await stage.open()).queue);
    const load = await startLoad(stage.database.db, api.queue, 8);
    for (let round = 0; round < 5; round += 1) await server.control('close_all_connections', 'a test', '--vhost', '/');
    const before = load.acknowledged();
    await until(() => load.acknowledged() > before + 100);
    await load.stop();
    await load.verify(stage.database.db);
    await api.queue.close();
  });

  test('a broker that hangs: senders are refused in time, and it heals', async () => {
    stage = await createStage(server, { confirmTimeoutMs: 1_000 });
    const api = await stage.open();
    await startWorker(stage.database, (await stage.open()).queue);
    const load = await startLoad(stage.database.db, api.queue, 4);
    await until(() => load.acknowledged() > 50);
    server.pause();
    await until(() => (load.refusals.get('unavailable') ?? 0) >= 4, 5_000);
    server.resume();
    const before = load.acknowledged();
    await until(() => load.acknowledged() > before + 50, 40_000);
    await load.stop();
    await load.verify(stage.database.db);
  });

  test('a worker, between its commit and its acknowledgement: the redelivery stores nothing twice', async () => {
    stage = await createStage(server);
    const api = await stage.open();
    const load = await startLoad(stage.database.db, api.queue, 8);
    const doomed = await startWorkerProcess('dies-after-commit');
    if (doomed.exitCode === null && doomed.signalCode === null) await once(doomed, 'exit');
    expect(doomed.signalCode).toBe('SIGKILL');
    await startWorkerProcess();
    const before = load.acknowledged();
    await until(() => load.acknowledged() > before + 200);
    await load.stop();
    await load.verify(stage.database.db);
  });

  test('a worker that stands still inside its transaction: another goes on, and the first does no harm when it wakes', async () => {
    stage = await createStage(server);
    const api = await stage.open();
    const load = await startLoad(stage.database.db, api.queue, 4);
    const sleeper = await startWorkerProcess('stops-in-transaction');
    await startWorker(stage.database, (await stage.open()).queue);
    const fences = async () =>
      (await sql<{ fence: number }>`select max(fence) as fence from queue_partitions`.execute(stage.database.db))
        .rows[0]!.fence;
    // Heartbeats of 5 s: the broker misses the sleeper after 10 to 15 s, and its queues get another consumer.
    await until(async () => (await fences()) > 1, 40_000);
    sleeper.kill('SIGCONT');
    const before = load.acknowledged();
    await until(() => load.acknowledged() > before + 200, 40_000);
    await load.stop();
    await load.verify(stage.database.db);
  });

  test('the connections to the database: batches are held and stored again', async () => {
    stage = await createStage(server);
    const api = await stage.open();
    await startWorkerProcess();
    const { db } = stage.database;
    const load = await startLoad(db, api.queue, 8);
    for (let round = 0; round < 20; round += 1) {
      await pause(100);
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`.execute(db);
    }
    const before = load.acknowledged();
    await until(() => load.acknowledged() > before + 100);
    await load.stop();
    await load.verify(db);
  });

  test('nothing, but a second worker comes: they share the partitions, and no chat changes its order', async () => {
    stage = await createStage(server);
    const [api, first, second] = [await stage.open(), await stage.open(), await stage.open()];
    const load = await startLoad(stage.database.db, api.queue, 24);
    const stored = [
      await startWorker(stage.database, first.queue),
      await startWorker(stage.database, second.queue),
    ].map(({ metrics }) => metrics.messagesStored);
    const counts = async () =>
      (await Promise.all(stored.map((one) => one.get()))).map(({ values }) => values[0]?.value ?? 0);
    await until(async () => (await counts()).every((count) => count > 200), 40_000);
    await load.stop();
    const { stored: count } = await load.verify(stage.database.db);
    await until(async () => sum(await counts()) >= count);
    // What was handed over from one to the other may have been stored by the one and found by the other.
    expect(sum(await counts())).toBeLessThan(count * 1.1);
  });

  test('the number of partitions: no chat changes its order', async () => {
    stage = await createStage(server);
    const api = await stage.open();
    await startWorker(stage.database, (await stage.open()).queue);
    await startWorker(stage.database, (await stage.open()).queue);
    const load = await startLoad(stage.database.db, api.queue, 16);
    const { db } = stage.database;
    const lines: string[] = [];
    for (const partitionCount of [3, 11]) {
      await until(() => load.acknowledged() > 200);
      const broker = { url: server.url, name: 'the test' };
      await repartition({
        broker,
        names: stage.names,
        db,
        partitionCount,
        print: (line) => lines.push(line),
        lingerMs: 500,
      });
    }
    await pause(500);
    await load.stop();
    await load.verify(db);
    expect(await createLedger(db).generations()).toEqual([{ generation: 3, partitionCount: 11, isDrained: false }]);
    const queues = await server.control('-q', 'list_queues', 'name');
    expect(queues).not.toContain(queueName(stage.names, 1, 0));
    expect(queues).toContain(queueName(stage.names, 3, 10));
    await expect(stage.open({ partitionCount: 8 })).rejects.toThrow('RABBITMQ_CHAT_PARTITION_COUNT is 8');
  });
});

describe('what can never be stored', () => {
  test('in the middle of a batch: put aside, its sender told, the others stored in order', async () => {
    stage = await createStage(server, { prefetch: 64 });
    const { db } = stage.database;
    const api = await stage.open();
    const author = await buildAuthor(db);
    const sends = Array.from({ length: 40 }, (_, index) =>
      buildSend(author, `m${index}`, index === 17 ? 'a\u0000b' : `m${index}`),
    );
    for (const command of sends) await api.queue.accept(command);
    await startWorker(stage.database, (await stage.open()).queue);
    const expected = sends.filter((_, index) => index !== 17).map((one) => one.content);
    await until(async () => (await readHistory(db, author.chatId)).contents.length >= expected.length);
    expect((await readHistory(db, author.chatId)).contents).toEqual(expected);
    await until(async () => (await readFailures(db, author.userId)).length > 0);
    expect(await readFailures(db, author.userId)).toEqual([{ id: sends[17]!.id, code: 'validation_error' }]);
  });

  test('is listed, shown, and sent again: then it takes a new place', async () => {
    stage = await createStage(server);
    const { db } = stage.database;
    await sql`alter table messages add constraint only_good check (content <> 'bad')`.execute(db);
    const { queue } = await stage.open();
    await startWorker(stage.database, queue);
    const author = await buildAuthor(db);
    const [bad, good] = [buildSend(author, 'first', 'bad'), buildSend(author, 'second', 'good')];
    const outcome = queue.outcome(bad, 10_000);
    await queue.accept(bad);
    expect(await outcome).toEqual({ kind: 'discarded', code: 'validation_error' });
    await queue.accept(good);
    const letters = await openDeadLetters({ url: server.url, name: 'the test' }, stage.names);
    expect(await letters.list()).toMatchObject([{ id: bad.id, chatId: author.chatId, content: 'bad' }]);
    expect((await letters.find(bad.id))?.reason).toContain('only_good');
    await sql`alter table messages drop constraint only_good`.execute(db);
    expect(await letters.replay(bad.id)).toBe(true);
    expect(await letters.replay(bad.id)).toBe(false);
    await until(async () => (await readHistory(db, author.chatId)).contents.length === 2);
    expect((await readHistory(db, author.chatId)).contents).toEqual(['good', 'bad']);
    expect(await letters.list()).toEqual([]);
    await letters.close();
  });

  test('nor read: it is put aside and holds nobody up', async () => {
    stage = await createStage(server);
    const { db } = stage.database;
    const { queue } = await stage.open();
    const author = await buildAuthor(db);
    const connection = await connect(server.url);
    const channel = await connection.createConfirmChannel();
    for (const body of ['not json', '{"at":1,"command":{"id":"x"}}'])
      channel.publish(stage.names.exchange, slotOf(author.chatId), Buffer.from(body));
    await channel.waitForConfirms();
    await connection.close();
    await queue.accept(buildSend(author, 'm'));
    await startWorker(stage.database, queue);
    await until(async () => (await readHistory(db, author.chatId)).contents.length === 1);
    const letters = await openDeadLetters({ url: server.url, name: 'the test' }, stage.names);
    expect((await letters.list()).map((one) => one.content)).toEqual(['not json', '{"at":1,"command":{"id":"x"}}']);
    await letters.close();
  });
});

test('a broker that will never let us in stops the start', async () => {
  stage = await createStage(server);
  const broker = { url: server.url.replace('guest:guest', 'guest:wrong'), name: 'the test' };
  await expect(stage.open({ broker })).rejects.toThrow('refused the connection');
});

describe('when there is too much', () => {
  test('a queue that is full refuses; what it took is stored', async () => {
    stage = await createStage(server, { maxLength: 20 });
    const { db } = stage.database;
    const { queue } = await stage.open();
    const author = await buildAuthor(db);
    const accepted: string[] = [];
    let refusal: unknown;
    for (let index = 0; index < 2_000 && refusal === undefined; index += 1) {
      const command = buildSend(author, `m${index}`);
      await queue.accept(command).then(
        () => accepted.push(command.content),
        (error) => {
          refusal = error;
        },
      );
    }
    expect(refusal).toMatchObject({ code: 'unavailable', retryAfter: expect.any(Number) });
    await startWorker(stage.database, queue);
    await until(async () => (await readHistory(db, author.chatId)).contents.length >= accepted.length);
    expect((await readHistory(db, author.chatId)).contents).toEqual(accepted);
    await queue.accept(buildSend(author, 'later'));
  });

  test('a broker with an alarm: senders are refused at once, and it heals', async () => {
    stage = await createStage(server, { confirmTimeoutMs: 1_000 });
    const { queue } = await stage.open();
    const author = await buildAuthor(stage.database.db);
    await queue.accept(buildSend(author, 'before'));
    await server.control('set_vm_memory_high_watermark', 'absolute', '1');
    try {
      // The broker tells its alarm to a connection when that sends something.
      await until(async () => {
        const refusal = await queue.accept(buildSend(author, 'meanwhile')).catch((error) => error);
        return refusal?.code === 'unavailable' && queue.state() !== 'ok';
      });
      const since = performance.now();
      await expect(queue.accept(buildSend(author, 'meanwhile'))).rejects.toMatchObject({ code: 'unavailable' });
      expect(performance.now() - since).toBeLessThan(1_000);
      // Long enough that what was sent before the alarm was told is given up.
      await until(() => queue.depth() === 0);
    } finally {
      await server.control('set_vm_memory_high_watermark', '0.4');
    }
    // What says ok takes a send in the same turn.
    while (queue.state() !== 'ok') await new Promise((resolve) => setImmediate(resolve));
    await queue.accept(buildSend(author, 'after'));
    await startWorker(stage.database, queue);
    await until(async () => (await readHistory(stage.database.db, author.chatId)).contents.includes('after'));
  });

  test('workers that are late: senders are slowed down until they have caught up', async () => {
    stage = await createStage(server);
    const [api, worker] = [await stage.open(), await stage.open()];
    const author = await buildAuthor(stage.database.db);
    let isSlow = true;
    worker.queue.consume({
      report: () => {},
      async store(commands, guard) {
        while (isSlow) await pause(20);
        await worker.runGuard(guard);
        return new Map(commands.map((one) => [one.id, { kind: 'stored', sequence: 1 }]));
      },
    });
    await api.queue.accept(buildSend(author, 'm'));
    await until(async () => {
      const refusal = await api.queue.accept(buildSend(author, 'more')).catch((error) => error);
      return refusal?.code === 'overloaded' && refusal.retryAfter > 0;
    });
    isSlow = false;
    await until(() =>
      api.queue.accept(buildSend(author, 'later')).then(
        () => true,
        () => false,
      ),
    );
  });
});
