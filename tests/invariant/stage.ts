import { randomUUID } from 'node:crypto';
import { type Client, createClient, createMemoryStorage } from '@parley/client';
import { type ClientEventName, events } from '@parley/contract';
import type { TestApp } from '../../apps/server/src/testing/app.ts';
import { buildUser, type Person, password } from '../../apps/server/src/testing/people.ts';
import { createLine, type Line } from './network.ts';

export interface Stage {
  app: TestApp;
  /** The one whose client is watched; here as seen from another device. */
  ann: Person;
  bob: Person;
  carl: Person;
  /** Bob's, with ann as an admin; two messages of bob, one of ann. */
  group: string;
  /** Bob's, with ann. */
  channel: string;
  /** Of ann and bob. */
  direct: string;
  /** In the group: bob's first, which ann answered; ann's answer; bob's last. */
  messages: { first: string; answer: string; last: string };
  client: Client;
  line: Line;
  /** Events the client applied. */
  seen: ClientEventName[];
  errors: unknown[];
  say(person: Person, chatId: string, more?: object): Promise<string>;
  /** Leaves it, or takes it back. */
  react(person: Person, chatId: string, messageId: string, emoji: string): Promise<unknown>;
  pin(person: Person, chatId: string, messageId: string): Promise<unknown>;
  stop(): void;
}

export const clientEvents = (Object.keys(events) as (keyof typeof events)[]).filter(
  (name): name is ClientEventName => !('internal' in events[name]),
);

/** Two people in three chats, and a client that has opened all of them. */
export async function setStage(app: TestApp): Promise<Stage> {
  const [ann, bob, carl] = (await Promise.all(['ann', 'bob', 'carl'].map((name) => buildUser(app.url, name)))) as [
    Person,
    Person,
    Person,
  ];
  const make = async (body: object) => (await bob.ask<{ id: string }>('POST', '/chats', { body })).id;
  const memberIds = [ann.id];
  const group = await make({ type: 'group', title: 'Group', memberIds });
  const channel = await make({ type: 'channel', title: 'Channel', memberIds });
  const direct = await make({ type: 'direct', memberIds });
  await bob.ask('PATCH', `/chats/${group}/members/${ann.id}`, { body: { role: 'admin' } });
  const messages = await fill(group, ann, bob);
  return { app, ann, bob, carl, group, channel, direct, messages, say, react, pin, ...(await watch(app, ann, bob)) };
}

async function say(person: Person, chatId: string, more: object = {}): Promise<string> {
  const body = { content: `hello ${randomUUID().slice(0, 8)}`, ...more };
  return (await person.ask<{ id: string }>('POST', `/chats/${chatId}/messages`, { body })).id;
}

const react = (person: Person, chatId: string, messageId: string, emoji: string) =>
  person.ask('POST', `/chats/${chatId}/messages/${messageId}/reactions`, { body: { emoji } });

const pin = (person: Person, chatId: string, messageId: string) =>
  person.ask('POST', `/chats/${chatId}/messages/${messageId}/pin`);

async function fill(group: string, ann: Person, bob: Person): Promise<Stage['messages']> {
  const first = await say(bob, group);
  const answer = await say(ann, group, { replyToMessageId: first });
  return { first, answer, last: await say(bob, group) };
}

type Watched = Pick<Stage, 'client' | 'line' | 'seen' | 'errors' | 'stop'>;

async function watch(app: TestApp, ann: Person, bob: Person): Promise<Watched> {
  const line = createLine();
  const errors: unknown[] = [];
  const seen: ClientEventName[] = [];
  const client = createClient({
    baseUrl: app.url,
    storage: createMemoryStorage(),
    WebSocket: line.WebSocket,
    network: line.network,
    onError: (error) => errors.push(error),
  });
  for (const name of clientEvents) client.on(name, () => seen.push(name));
  await client.login({ username: ann.username, password });
  await client.start();
  for (const chatId of client.store.state.chats.keys()) await client.openChat(chatId);
  // Presence is in no log: after a break one is told anew of those whom one watches.
  client.watch([bob.id]);
  return { client, line, seen, errors, stop: () => client.stop() };
}
