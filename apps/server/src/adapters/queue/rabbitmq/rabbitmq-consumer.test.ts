import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelModel } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RabbitServer, startRabbitServer } from '../../../testing/rabbitmq.ts';
import { createConsumer } from './consumer.ts';
import { createLedger } from './ledger.ts';
import { createStage } from './testing/stage.ts';

let server: RabbitServer;
beforeAll(async () => {
  server = await startRabbitServer();
});
afterAll(() => server.stop());

/** A broker that takes its time for every channel: opening all queues lasts longer than the pause between two looks. */
async function slowDown(connection: ChannelModel): Promise<void> {
  const createChannel = connection.createChannel.bind(connection);
  connection.createChannel = async () => {
    await sleep(200);
    return createChannel();
  };
}

test('however slow the broker is, a worker consumes each queue once', async () => {
  const stage = await createStage(server);
  await stage.open();
  const consumer = createConsumer({
    broker: { url: server.url, name: 'the test' },
    names: stage.names,
    ledger: createLedger(stage.database.db),
    prefetch: 16,
    workerId: crypto.randomUUID(),
    consumption: { store: async () => new Map(), report: () => {} },
    prepare: slowDown,
    discard: async () => {},
    onTrouble: () => {},
    onRetry: () => {},
  });
  await consumer.opened;
  // Long enough for whoever looked meanwhile to open what it thought missing.
  await sleep(2_000);
  const queues = await server.control('-q', 'list_queues', 'name', 'consumers');
  expect(queues.match(/send\.\d+\t\d+/g)).toHaveLength(8);
  expect(queues.match(/send\.\d+\t1\b/g)).toHaveLength(8);
  await consumer.close();
  await stage.close();
});
