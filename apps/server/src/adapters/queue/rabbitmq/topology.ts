import type { Channel, ChannelModel } from 'amqplib';
import { closeChannel } from './connection.ts';
import type { Generation } from './ledger.ts';
import { type Names, partitionOfSlot, queueName, slots } from './names.ts';

/** Makes the exchanges, and leads every slot to its queue, which must be there. Repeating it changes nothing. */
export async function leadSlots(connection: ChannelModel, names: Names, generation: Generation): Promise<void> {
  await withChannel(connection, async (channel) => {
    await channel.assertExchange(names.exchange, 'direct', { durable: true });
    await channel.assertExchange(names.deadLetterExchange, 'direct', { durable: true });
    await channel.bindQueue(names.deadLetterQueue, names.deadLetterExchange, names.deadLetterQueue);
    await inSlots((slot) => channel.bindQueue(queueOf(names, generation, slot), names.exchange, String(slot)));
  });
}

/** Leads every slot to the queues of `next`. Between the two steps of a slot its senders are refused and try again. */
export async function moveSlots(
  connection: ChannelModel,
  names: Names,
  from: Generation,
  next: Generation,
): Promise<void> {
  await withChannel(connection, async (channel) => {
    // Both are handed to the channel at once: it works in order, so each slot is without a queue for a millisecond or two.
    await inSlots((slot) =>
      Promise.all([
        channel.unbindQueue(queueOf(names, from, slot), names.exchange, String(slot)),
        channel.bindQueue(queueOf(names, next, slot), names.exchange, String(slot)),
      ]),
    );
  });
}

/** On a channel of its own: what the broker refuses closes the channel. */
export async function withChannel<T>(connection: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    return await work(channel);
  } finally {
    await closeChannel(channel);
  }
}

const queueOf = (names: Names, { generation, partitionCount }: Generation, slot: number): string =>
  queueName(names, generation, partitionOfSlot(slot, partitionCount));

async function inSlots(work: (slot: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: slots }, (_, slot) => work(slot)));
}
