import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, connect } from 'amqplib';
import type { Db } from '../../../db/schema.ts';
import { type Broker, closeChannel } from './connection.ts';
import { createLedger, type Generation, type Ledger } from './ledger.ts';
import { makeQueues } from './making.ts';
import { type Names, queueName } from './names.ts';
import { endOfQueue } from './partition.ts';
import { moveSlots, withChannel } from './topology.ts';

interface Options {
  broker: Broker;
  names: Names;
  db: Db;
  partitionCount: number;
  print(line: string): void;
  maxLength?: number;
  /** How long a message that was being routed during the change may still take to its old queue. */
  lingerMs?: number;
}

/**
 * Changes the number of queues while everything goes on. Every slot is led to a queue of a new generation; then each old queue
 * gets a last message. Workers turn to the new queues when all the last messages were reached, so no chat's order changes.
 * May be repeated: an interrupted change is finished.
 */
export async function repartition(options: Options): Promise<void> {
  const { db, partitionCount, print, lingerMs = 2_000 } = options;
  const ledger = createLedger(db);
  const connection = await connect(options.broker.url);
  connection.on('error', (error) => print(`RabbitMQ: ${error.message}`));
  try {
    const old = await ledger.whileLocked('exclusive', () => change(connection, ledger, options, lingerMs));
    if (old === undefined) return print(`The queues have ${partitionCount} partitions.`);
    print(
      `New messages go to ${partitionCount} partitions. Waiting until workers have emptied the ${old.partitionCount} old ones.`,
    );
    await untilDrained(ledger, old);
    await sleep(lingerMs);
    await removeQueues(connection, options.names, old);
    await ledger.removeGeneration(old.generation);
    print(`Done. Set RABBITMQ_CHAT_PARTITION_COUNT=${partitionCount} where it is set.`);
  } finally {
    await connection.close();
  }
}

/** Resolves to the generation that is to be emptied; undefined when there is nothing to do. */
async function change(connection: ChannelModel, ledger: Ledger, options: Options, lingerMs: number) {
  const { names, partitionCount, maxLength } = options;
  const generations = await ledger.generations();
  if (generations.length > 2) throw new Error('there are more than two generations of queues');
  const [old, begun] = generations;
  if (old === undefined) {
    await ledger.agree(partitionCount, partitionCount);
    return undefined;
  }
  if (begun && begun.partitionCount !== partitionCount) {
    throw new Error(`a change to ${begun.partitionCount} partitions is under way; repeat it first, to finish it`);
  }
  if (begun === undefined && old.partitionCount === partitionCount) return undefined;
  const next = begun ?? (await ledger.addGeneration(partitionCount));
  await makeQueues({ connection, names, ledger, maxLength }, next);
  await moveSlots(connection, names, old, next);
  await sleep(lingerMs);
  await sendEnds(connection, names, old);
  return old;
}

async function sendEnds(connection: ChannelModel, names: Names, old: Generation): Promise<void> {
  const channel = await connection.createConfirmChannel();
  for (let partition = 0; partition < old.partitionCount; partition += 1) {
    channel.sendToQueue(queueName(names, old.generation, partition), Buffer.from('{}'), {
      persistent: true,
      type: endOfQueue,
    });
  }
  await channel.waitForConfirms();
  await closeChannel(channel);
}

async function untilDrained(ledger: Ledger, old: Generation): Promise<void> {
  for (;;) {
    const found = (await ledger.generations()).find((one) => one.generation === old.generation);
    if (found === undefined || found.isDrained) return;
    await sleep(200);
  }
}

async function removeQueues(connection: ChannelModel, names: Names, old: Generation): Promise<void> {
  for (let partition = 0; partition < old.partitionCount; partition += 1) {
    const queue = queueName(names, old.generation, partition);
    await withChannel(connection, async (channel) => {
      const { messageCount } = await channel.checkQueue(queue);
      if (messageCount > 0) throw new Error(`${queue} is not empty; it was left as it is. Repeat the command.`);
      await channel.deleteQueue(queue);
    });
  }
}
