import type { Client } from '@parley/client';
import type { Chat, Message } from '@parley/contract';
import type { Random } from './random.ts';
import { sleep } from './until.ts';

/** What one person was told is kept, in the order it was told. */
export interface Acknowledged {
  chatId: string;
  id: string;
  content: string;
}

/** By chat, what a client of the SDK is told, as it is told. */
export function recordMessages(client: Client, chats: readonly Chat[]): ReadonlyMap<string, Message[]> {
  const logs = new Map<string, Message[]>(chats.map(({ id }) => [id, []]));
  client.on('message.new', ({ chatId, message }) => logs.get(chatId)?.push(message));
  return logs;
}

/** Writes into each chat one message after the other, with a pause of at most `pauseMs` after each. */
export async function writeAll(
  client: Client,
  chats: readonly Chat[],
  { each, name, pauseMs, random }: { each: number; name: string; pauseMs: number; random: Random },
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const write = async ({ id: chatId }: Chat): Promise<void> => {
    for (let count = 0; count < each; count += 1) {
      const content = `${name} ${count}`;
      const { id } = await client.send(chatId, { content });
      acknowledged.push({ chatId, id, content });
      await sleep(random.next() * pauseMs);
    }
  };
  await Promise.all(chats.map(write));
  return acknowledged;
}
