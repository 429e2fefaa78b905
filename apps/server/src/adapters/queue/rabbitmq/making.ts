import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelModel, Options, Replies } from 'amqplib';
import type { Generation, Ledger } from './ledger.ts';
import { type Names, queueName } from './names.ts';
import { withChannel } from './topology.ts';

export interface Maker {
  connection: ChannelModel;
  names: Names;
  ledger: Ledger;
  /** At this many waiting messages a queue refuses further ones. A soft limit: it was seen to take somewhat more. */
  maxLength?: number | undefined;
}

/**
 * RabbitMQ writes the register of its quorum queues to disk when nobody touched it for half a second, or up to a whole one
 * (`names.dets` of Ra, `auto_save`). Killed before that, it comes back with a new, empty queue of the same name that never elects
 * a leader: what it had confirmed is lost, and it confirms nothing any more [tried on 3.10.8: lost 600 ms after, kept 900 ms
 * after]. Twice the longest time.
 */
const registerMs = 2_000;
const defaultMaxLength = 100_000;

/** Whether all queues of a generation are there, and outlive a crash of the broker. */
export async function areMade(maker: Maker, generation: Generation): Promise<boolean> {
  return (await findDeadLetters(maker)) !== undefined && (await findUnmade(maker, generation)).length === 0;
}

/**
 * Makes what is missing, and resolves when it outlives a crash of the broker; only then may anything be led to it. For one process
 * at a time. If it breaks off, the next call makes the same queues anew.
 */
export async function makeQueues(maker: Maker, generation: Generation): Promise<void> {
  const { connection, names, ledger } = maker;
  const partitions = await findUnmade(maker, generation);
  const queues = partitions.map((partition) => queueName(names, generation.generation, partition));
  const isFirst = generation.generation === 1 && partitions.length === generation.partitionCount;
  const lacksDeadLetters = isFirst || (await findDeadLetters(maker)) === undefined;
  if (queues.length === 0 && !lacksDeadLetters) return;
  await ledger.setMade(generation.generation, partitions, false);
  if (lacksDeadLetters) await makeQueue(connection, names.deadLetterQueue, quorum(connection));
  for (const queue of queues) await makeQueue(connection, queue, sendArguments(maker));
  await sleep(registerMs);
  // On the same connection: it was not killed meanwhile.
  for (const queue of queues) if (!(await find(connection, queue))) throw new Error(`${queue} was deleted meanwhile`);
  await ledger.setMade(generation.generation, partitions, true);
}

/** Those that nobody has sent to, because they were not made to their end, and those that somebody deleted. */
async function findUnmade({ connection, names, ledger }: Maker, { generation, partitionCount }: Generation) {
  const unmade = new Set(await ledger.unmade(generation));
  for (let partition = 0; partition < partitionCount; partition += 1) {
    if (!(await find(connection, queueName(names, generation, partition)))) unmade.add(partition);
  }
  return [...unmade];
}

const findDeadLetters = ({ connection, names }: Maker) => find(connection, names.deadLetterQueue);

async function find(connection: ChannelModel, queue: string): Promise<Replies.AssertQueue | undefined> {
  try {
    return await withChannel(connection, (channel) => channel.checkQueue(queue));
  } catch (error) {
    if ((error as { code?: number }).code === notFound) return undefined;
    throw error;
  }
}

/** A queue that is there already may be one that the broker has forgotten: empty, and dead until it is deleted. */
async function makeQueue(
  connection: ChannelModel,
  queue: string,
  args: Options.AssertQueue['arguments'],
): Promise<void> {
  const found = await find(connection, queue);
  if (found && found.messageCount + found.consumerCount > 0) return;
  await withChannel(connection, async (channel) => {
    if (found) await channel.deleteQueue(queue);
    await channel.assertQueue(queue, { durable: true, arguments: args });
  });
}

const notFound = 404;

const sendArguments = ({ connection, names, maxLength = defaultMaxLength }: Maker) => ({
  ...quorum(connection),
  'x-single-active-consumer': true,
  'x-max-length': maxLength,
  'x-overflow': 'reject-publish',
  'x-dead-letter-exchange': names.deadLetterExchange,
  'x-dead-letter-routing-key': names.deadLetterQueue,
});

/**
 * From 4.0 on, quorum queues drop what was delivered 20 times unless the queue itself says otherwise; before that, -1 would have
 * meant 0. A worker that crashes often must not cost messages.
 */
const quorum = (connection: ChannelModel) => ({
  'x-queue-type': 'quorum',
  ...(majorVersion(connection) >= 4 ? { 'x-delivery-limit': -1 } : {}),
});

const majorVersion = (connection: ChannelModel): number =>
  Number.parseInt(String(connection.connection.serverProperties.version), 10);
