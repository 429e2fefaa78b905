import { randomUUID } from 'node:crypto';
import { buildUser, type Person } from '../../apps/server/src/testing/people.ts';

export interface World {
  person: Person;
  /** Of a chat, its messages, the people and a session in it; and of nothing. */
  ids: string[];
  chatId: string;
}

/** A person in a chat with something in it. Whatever happens to them, the next operation gets others. */
export async function buildWorld(url: string): Promise<World> {
  const [person, friend] = await Promise.all([buildUser(url, 'fuzz'), buildUser(url, 'friend')]);
  const chat = await person.ask<{ id: string }>('POST', '/chats', {
    body: { type: 'group', title: 'T', memberIds: [friend.id], publicName: `fuzz_${randomUUID().slice(0, 8)}` },
  });
  const say = (who: Person) =>
    who.ask<{ id: string }>('POST', `/chats/${chat.id}/messages`, { body: { content: 'hello' } });
  const messages = [await say(person), await say(friend)];
  const { items } = await friend.ask<{ items: { id: string }[] }>('GET', '/auth/sessions');
  const ids = [chat.id, chat.id, ...messages.map(({ id }) => id), person.id, friend.id, items[0]!.id, randomUUID()];
  return { person, ids, chatId: chat.id };
}
