import { describe, expect, it } from 'vitest';
import { chatTopic, events, topicId } from './events.ts';
import { serverFrames } from './frames.ts';
import { isOpenTopic, openScope, pubsubTopics } from './pubsub.ts';

interface Spec {
  home: string;
  durable: boolean;
  payload: { properties: Record<string, unknown> };
  ws?: string;
  socketio?: { name: string };
  chatNamespace?: string;
  pubsub?: readonly { topic: string; scope?: string }[];
  internal?: boolean;
}

const table = Object.entries(events) as unknown as [string, Spec][];

/** Spelling -> the events that use it, where more than one does. */
function shared(spell: (spec: Spec) => string | undefined): Record<string, string[]> {
  const users: Record<string, string[]> = {};
  for (const [name, spec] of table) {
    const spelling = spell(spec);
    if (spelling !== undefined) users[spelling] = [...(users[spelling] ?? []), name];
  }
  return Object.fromEntries(Object.entries(users).filter(([, names]) => names.length > 1));
}

const positionFields = ['topic', 'epoch', 'offset'];

describe('the event table', () => {
  it('spells no two events alike on /ws, but for the pairs that mean the same to a client', () => {
    expect(shared(({ ws }) => ws)).toEqual({
      message_deleted: ['message.deleted', 'message.hidden'],
      reaction: ['reaction.added', 'reaction.removed'],
      chat_deleted: ['chat.deleted', 'chat.left'],
    });
  });

  it('spells no two events alike on Socket.IO, but for the same pairs', () => {
    expect(shared(({ socketio }) => socketio?.name)).toEqual({
      'message.deleted': ['message.deleted', 'message.hidden'],
      'chat.deleted': ['chat.deleted', 'chat.left'],
    });
  });

  it('spells no two events alike on /chat', () => {
    expect(shared(({ chatNamespace }) => chatNamespace)).toEqual({});
  });

  it('tells such pairs apart by their home, or by what they say was done', () => {
    for (const names of Object.values(shared(({ ws }) => ws))) {
      const pair = table.filter(([name]) => names.includes(name)).map(([, spec]) => spec);
      const signs = pair.map(({ home, payload }) => `${home} ${JSON.stringify(payload.properties.action)}`);
      expect(new Set(signs).size).toBe(names.length);
    }
  });

  it('feeds every PubSub topic by one event', () => {
    const topics = table.flatMap(([, { pubsub = [] }]) => pubsub.map(({ topic }) => topic));
    expect(topics.length).toBe(new Set(topics).size);
  });

  it.each(table)('%s: PubSub topics and scopes are resource[:subresource]:action', (_name, { pubsub = [] }) => {
    for (const { topic, scope = 'a:read:b' } of pubsub) {
      expect(topic).toMatch(/^[a-z]+(:[a-z]+){1,2}$/);
      expect(scope).toMatch(/^[a-z]+:(read|write):[a-z]+$/);
    }
  });

  it('has a spec for each of them, and scopes of open topics by their first word', () => {
    expect(pubsubTopics['channel:follow']).toEqual({
      event: 'chat.member_joined',
      scope: 'channel:read:follow',
      within: 'channel_admins',
      resource: 'chat',
    });
    expect(openScope('app:scores:live.7', 'read')).toBe('app:read:scores');
    expect(openScope('app:scores.7', 'write')).toBe('app:write:scores');
    expect(['app:x', 'app:x.y.z', 'app:a:b.1'].filter(isOpenTopic)).toHaveLength(3);
    expect(['app:', 'app:.1', 'app:a b', 'app:\u0000', 'chat:x', 'app:x.'].filter(isOpenTopic)).toEqual([]);
  });

  it.each(table)('%s: the type on /ws is not a frame of the door itself', (_name, { ws = 'event' }) => {
    expect(Object.keys(serverFrames)).not.toContain(ws);
  });

  it.each(table)('%s: no field of the payload is in the way of its position or type', (_name, { payload }) => {
    for (const field of ['type', ...positionFields]) expect(Object.keys(payload.properties)).not.toContain(field);
  });

  it.each(table)('%s: an event that leaves no door has no spelling', (_name, spec) => {
    if (spec.internal)
      expect([spec.ws, spec.socketio, spec.chatNamespace, spec.pubsub]).toEqual(Array(4).fill(undefined));
  });

  it.each(table)('%s: what is told of a chat names the chat', (name, { home, payload }) => {
    if (home === 'chat' && name !== 'presence.updated') expect(Object.keys(payload.properties)).toContain('chatId');
  });
});

describe('topics', () => {
  it('give back their id', () => {
    expect(topicId(chatTopic('0190a6f0-0000-7000-8000-000000000001'))).toBe('0190a6f0-0000-7000-8000-000000000001');
  });
});
