import { randomUUID } from 'node:crypto';
import { chatTopic, type EventPayload, userTopic } from '@parley/contract';
import {
  type Connection,
  createHub,
  createMemoryBus,
  type Hub,
  type HubEvent,
  type Subscriber,
} from '@parley/realtime';
import { createMemoryLog } from '@parley/realtime/testing';
import type { Db } from '../../../db/schema.ts';
import type { TestDatabase } from '../../../testing/database.ts';
import { chatsOf } from '../../members/store.ts';
import type { LastSeenPrivacy } from '../privacy.ts';
import { createPresence, type PresenceService } from '../service.ts';

type Told = EventPayload<'presence.updated'>;

/** A follower of a hub that writes down what it is told. */
export interface Listener extends Subscriber {
  readonly userId: string;
  readonly told: Told[];
  /** "ada online", in the order told. */
  states(): string[];
}

export interface Stage {
  database: TestDatabase;
  hub: Hub;
  presence: PresenceService;
  published: HubEvent[];
  errors: unknown[];
  now(): number;
  forward(ms: number): void;
  connect(userId: string, active?: boolean): Connection;
  /** Follows the person's own topic and those of their chats, as a connection does. */
  listen(userId: string): Promise<Listener>;
  close(): Promise<void>;
}

/** Presence on a hub and a given database, with a clock of its own. Time-outs are the test's to move. */
export function createStage(database: TestDatabase): Stage {
  const hub = createHub({ bus: createMemoryBus(), log: createMemoryLog() });
  const published: HubEvent[] = [];
  const errors: unknown[] = [];
  let time = Date.UTC(2026, 0, 31, 12);
  const presence = createPresence({
    db: database.db,
    clock: () => time,
    onError: (error) => errors.push(error),
    publish(event) {
      published.push(event);
      hub.publish(event);
    },
  });
  return {
    database,
    hub,
    presence,
    published,
    errors,
    now: () => time,
    forward(ms) {
      time += ms;
    },
    connect(userId, active = true) {
      const connection = buildConnection(userId, active);
      presence.opened(connection);
      return connection;
    },
    listen: (userId) => listen(database.db, hub, userId),
    async close() {
      await presence.stop();
      hub.close();
    },
  };
}

function buildConnection(userId: string, active: boolean): Connection {
  return { id: randomUUID(), door: 'websocket', userId, sessionId: randomUUID(), active, close() {} };
}

export function buildListener(userId: string): Listener {
  const told: Told[] = [];
  return {
    userId,
    told,
    states: () => told.map((one) => `${one.username} ${one.state}`),
    deliver: (event) => void told.push(event.data as Told),
  };
}

async function listen(db: Db, hub: Hub, userId: string): Promise<Listener> {
  const listener = buildListener(userId);
  const chats = await chatsOf(db, userId);
  for (const topic of [userTopic(userId), ...chats.map((chat) => chatTopic(chat.chatId))]) {
    await hub.subscribe(listener, topic);
  }
  return listener;
}

export async function buildUser(db: Db, privacy?: LastSeenPrivacy): Promise<string> {
  const id = randomUUID();
  const name = `u${id.slice(0, 8)}`;
  await db
    .insertInto('users')
    .values({
      id,
      username: name,
      username_key: name,
      email: `${name}@example.org`,
      email_key: `${name}@example.org`,
      display_name: name,
      password_hash: 'none',
      settings: JSON.stringify(privacy === undefined ? {} : { lastSeenPrivacy: privacy }),
    })
    .execute();
  return id;
}

interface ChatOptions {
  type?: 'direct' | 'group' | 'channel';
  /** What the chat says of its size, however many are listed. */
  size?: number;
  publicName?: string;
}

export async function buildChat(db: Db, userIds: readonly string[], options: ChatOptions = {}): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('chats')
    .values({
      id,
      type: options.type ?? 'group',
      public_name: options.publicName ?? null,
      member_count: options.size ?? userIds.length,
    })
    .execute();
  await db
    .insertInto('chat_members')
    .values(
      userIds.map((userId) => ({ chat_id: id, user_id: userId, participant_id: userId, role: 'member' as const })),
    )
    .execute();
  return id;
}

export async function setPrivacy(db: Db, userId: string, privacy: LastSeenPrivacy): Promise<void> {
  await db
    .updateTable('users')
    .set({ settings: JSON.stringify({ lastSeenPrivacy: privacy }) })
    .where('id', '=', userId)
    .execute();
}
