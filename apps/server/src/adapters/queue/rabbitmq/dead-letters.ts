import { type ChannelModel, type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { decode, encode } from './codec.ts';
import { type Broker, closeChannel } from './connection.ts';
import { type Names, slotOf } from './names.ts';

/** A message that could never be stored. */
export interface DeadLetter {
  /** The message's id; empty for what could not be read. */
  id: string;
  /** Why it was given up. */
  reason: string;
  chatId?: string;
  senderId?: string;
  clientMessageId?: string;
  /** Unix time in ms at which it was given up. */
  at?: number;
  content: string;
}

export interface DeadLetters {
  /** Oldest first; nothing is taken away. */
  list(limit?: number): Promise<DeadLetter[]>;
  find(id: string): Promise<DeadLetter | undefined>;
  /** Sends it again, as new: it takes the next place in its chat. False: there is none, or it cannot be read. */
  replay(id: string): Promise<boolean>;
  close(): Promise<void>;
}

const mostLooked = 10_000;

/** Looks through the queue of dead letters. What is only looked at goes back to its place. */
export async function openDeadLetters(broker: Broker, names: Names): Promise<DeadLetters> {
  const connection = await connect(broker.url);

  return {
    async list(limit = mostLooked) {
      const letters: DeadLetter[] = [];
      await look(connection, names, async (message) => {
        letters.push(toLetter(message));
        return letters.length >= limit;
      });
      return letters;
    },
    async find(id) {
      let found: DeadLetter | undefined;
      await look(connection, names, async (message) => {
        if (message.properties.messageId === id) found = toLetter(message);
        return found !== undefined;
      });
      return found;
    },
    async replay(id) {
      let isDone = false;
      await look(connection, names, async (message, channel) => {
        if (message.properties.messageId !== id) return false;
        isDone = await sendAgain(channel, names, message);
        return true;
      });
      return isDone;
    },
    close: () => connection.close(),
  };
}

/** Hands out messages until `see` has seen enough. Closing the channel returns what was not acknowledged, in its order. */
async function look(
  connection: ChannelModel,
  names: Names,
  see: (message: GetMessage, channel: ConfirmChannel) => Promise<boolean>,
): Promise<void> {
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  try {
    for (let seen = 0; seen < mostLooked; seen += 1) {
      const message = await channel.get(names.deadLetterQueue);
      if (message === false || (await see(message, channel))) return;
    }
  } finally {
    await closeChannel(channel);
  }
}

async function sendAgain(channel: ConfirmChannel, names: Names, message: GetMessage): Promise<boolean> {
  const envelope = decode(message.content);
  if (envelope === undefined) return false;
  const { command } = envelope;
  let isReturned = false;
  channel.on('return', () => {
    isReturned = true;
  });
  channel.publish(names.exchange, slotOf(command.chatId), encode({ at: Date.now(), command }), {
    persistent: true,
    mandatory: true,
    messageId: command.id,
    contentType: 'application/json',
  });
  await channel.waitForConfirms();
  if (isReturned) throw new Error('no queue took the message; start Parley, then repeat');
  channel.ack(message);
  return true;
}

function toLetter({ content, properties }: GetMessage): DeadLetter {
  const envelope = decode(content);
  const letter = { id: String(properties.messageId ?? ''), reason: String(properties.headers?.reason ?? '') };
  if (envelope === undefined) return { ...letter, content: content.toString('utf8') };
  const { chatId, senderId, clientMessageId, content: words } = envelope.command;
  return {
    ...letter,
    chatId,
    senderId,
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
    at: envelope.at,
    content: words,
  };
}
