import { Chat, ChatFacts, ChatFlags, MembershipEnd } from './chats.ts';
import { Draft } from './drafts.ts';
import { ClientMessageId, Message } from './messages.ts';
import { Participant } from './participants.ts';
import { ReactionCount } from './reactions.ts';
import { described, Id, oneOf, optional, Sequence, type Static, Timestamp, type TSchema, Type } from './schema.ts';
import { Me, Presence, UserSettings } from './users.ts';

/** Where an event lives: the log of a chat, of a person, of the whole system; or nowhere, but told to a chat's subscribers. */
export type Home = 'chat' | 'user' | 'system';

/** What of the chats one may see a PubSub topic is heard in: those that are channels, those one administers. */
export type PubSubPart = 'channels' | 'channel_admins';

interface EventSpec {
  home: Home;
  /** Logged, and so replayed after a break. */
  durable: boolean;
  payload: TSchema;
  /** `type` on `/ws`; without one the event goes as `{type: "event", event, data}`. */
  ws?: string;
  socketio?: {
    name: string;
    /** `topic`: those who joined the room of the chat. `user`: the rooms `user:<id>` of all concerned. */
    audience: 'topic' | 'user';
    echo: 'all' | 'not-origin' | 'not-actor';
  };
  /** Name on the Socket.IO namespace `/chat`. */
  chatNamespace?: string;
  /** PubSub topics that are fed by it, with the scope they need. */
  pubsub?: readonly { topic: string; scope?: string; within?: PubSubPart }[];
  /** Never leaves a door. */
  internal?: boolean;
}

const inRoom = (name: string, echo: 'all' | 'not-origin' | 'not-actor' = 'all') =>
  ({ name, audience: 'topic', echo }) as const;
const toUsers = (name: string) => ({ name, audience: 'user', echo: 'all' }) as const;

const chatId = described(Id, 'The chat it happened in.');
const messageId = described(Id, 'Of a message of this chat.');
const userId = described(Id, 'Participant id of who it is about.');
const memberCount = Type.Integer({ description: 'Those who are in it after this.' });
const deletedAt = described(Timestamp, 'By the clock of the server.');
const requesterId = described(Id, 'User id of who asked to be let in.');

const reaction = <const A extends string>(action: A) =>
  Type.Object({
    chatId,
    messageId,
    userId,
    emoji: ReactionCount.properties.emoji,
    action: Type.Literal(action, { description: 'What was done.' }),
    counts: Type.Array(ReactionCount, {
      description:
        'All that is left on the message after it, in order: whoever shows counts takes these and need not add up.',
    }),
  });

/** Every event, once: canonical name -> home, shape, and how each door spells it. */
export const events = {
  'message.new': {
    home: 'chat',
    durable: true,
    payload: Type.Object({ chatId, message: described(Message, 'The new one.') }),
    ws: 'message',
    socketio: inRoom('message.new', 'not-origin'),
    chatNamespace: 'chat.message.new',
    pubsub: [
      { topic: 'chat:message', scope: 'chat:read:message' },
      { topic: 'channel:message', within: 'channels' },
    ],
  },
  'message.updated': {
    home: 'chat',
    durable: true,
    payload: Type.Object({ chatId, message: described(Message, 'All of it, as it is now, but for reactions.') }),
    ws: 'message_updated',
    socketio: inRoom('message.updated'),
    pubsub: [{ topic: 'chat:message:update', scope: 'chat:read:message' }],
  },
  'message.deleted': {
    home: 'chat',
    durable: true,
    payload: Type.Object({
      chatId,
      messageId,
      sequence: optional(
        described(Sequence, 'Where it was; absent of what was deleted before servers told it, which mentioned nobody.'),
      ),
      forEveryone: Type.Literal(true, { description: 'Deleted for all.' }),
      deletedAt,
    }),
    ws: 'message_deleted',
    socketio: inRoom('message.deleted'),
    pubsub: [{ topic: 'chat:message:delete', scope: 'chat:read:message' }],
  },
  /** Deleted by one person for themself. */
  'message.hidden': {
    home: 'user',
    durable: true,
    payload: Type.Object({
      chatId,
      messageId,
      forEveryone: Type.Literal(false, { description: 'Others still have it.' }),
      deletedAt,
    }),
    ws: 'message_deleted',
    socketio: toUsers('message.deleted'),
  },
  /** An accepted message that could not be stored. */
  'message.failed': {
    home: 'user',
    durable: true,
    payload: Type.Object({
      chatId,
      id: described(Id, 'The one it was accepted with.'),
      clientMessageId: optional(described(ClientMessageId, 'As the sender gave it; absent when none was given.')),
      code: Type.String({ description: 'Why, by the table of errors.' }),
    }),
    ws: 'message_failed',
    socketio: toUsers('message.failed'),
  },
  'message.pinned': {
    home: 'chat',
    durable: true,
    payload: Type.Object({
      chatId,
      messageId,
      pinnedBy: described(Id, 'Participant id of who did it.'),
      message: described(Message, 'As it is now.'),
    }),
    ws: 'message_pinned',
    socketio: inRoom('message.pinned'),
    pubsub: [{ topic: 'chat:message:pin', scope: 'chat:read:message' }],
  },
  /** Taken down by somebody, or deleted by them. */
  'message.unpinned': {
    home: 'chat',
    durable: true,
    payload: Type.Object({ chatId, messageId, unpinnedBy: described(Id, 'Participant id of who did it.') }),
    ws: 'message_unpinned',
    socketio: inRoom('message.unpinned'),
    pubsub: [{ topic: 'chat:message:unpin', scope: 'chat:read:message' }],
  },
  'reaction.added': {
    home: 'chat',
    durable: true,
    payload: reaction('added'),
    ws: 'reaction',
    socketio: inRoom('reaction.added'),
    pubsub: [{ topic: 'chat:reaction:add', scope: 'chat:read:message' }],
  },
  'reaction.removed': {
    home: 'chat',
    durable: true,
    payload: reaction('removed'),
    ws: 'reaction',
    socketio: inRoom('reaction.removed'),
    pubsub: [{ topic: 'chat:reaction:remove', scope: 'chat:read:message' }],
  },
  'typing.updated': {
    home: 'chat',
    durable: false,
    payload: Type.Object({
      chatId,
      userId,
      state: described(oneOf('start', 'stop'), 'A `start` that is not repeated ends by itself after some seconds.'),
    }),
    ws: 'typing',
    socketio: inRoom('typing.updated', 'not-actor'),
    pubsub: [{ topic: 'chat:typing', scope: 'chat:read:message' }],
  },
  'receipt.updated': {
    home: 'chat',
    durable: true,
    payload: Type.Object({
      chatId,
      userId,
      sequence: described(Sequence, 'The last message they have read.'),
      readAt: described(Timestamp, 'By the clock of the server.'),
    }),
    ws: 'read_receipt',
    socketio: inRoom('receipt.updated'),
    pubsub: [{ topic: 'chat:receipt', scope: 'chat:read:message' }],
  },
  /** One's own read cursor, for one's other devices. */
  'chat.read': {
    home: 'user',
    durable: true,
    payload: Type.Object({
      chatId,
      sequence: described(Sequence, 'The last message one has read.'),
      readCount: described(Sequence, 'How many of the `messageCount` of the chat are at or below it.'),
    }),
  },
  /** What one has begun to write, as it is now; without `draft` there is none any more. */
  'draft.updated': {
    home: 'user',
    durable: true,
    payload: Type.Object({
      chatId,
      draft: optional(described(Draft, 'As it is now; absent when there is none any more.')),
    }),
    socketio: toUsers('draft.updated'),
  },
  /** One is a member from here on. */
  'chat.created': {
    home: 'user',
    durable: true,
    payload: Type.Object({ chat: described(Chat, 'As the viewer sees it.') }),
    ws: 'chat_created',
    socketio: toUsers('chat.created'),
  },
  'chat.updated': {
    home: 'chat',
    durable: true,
    payload: Type.Object({
      chatId,
      chat: described(ChatFacts, 'All that is the same for every viewer, as it is now.'),
    }),
    ws: 'chat_updated',
    socketio: toUsers('chat.updated'),
    pubsub: [{ topic: 'channel:update', within: 'channels' }],
  },
  'chat.deleted': {
    home: 'chat',
    durable: true,
    payload: Type.Object({ chatId }),
    ws: 'chat_deleted',
    socketio: toUsers('chat.deleted'),
  },
  /** One is no longer a member. */
  'chat.left': {
    home: 'user',
    durable: true,
    payload: Type.Object({ chatId, reason: MembershipEnd }),
    ws: 'chat_deleted',
    socketio: toUsers('chat.deleted'),
  },
  'chat.member_joined': {
    home: 'chat',
    durable: true,
    payload: Type.Object({ chatId, userId, participant: described(Participant, 'Who joined.'), memberCount }),
    ws: 'chat_member_joined',
    socketio: toUsers('chat.member_joined'),
    pubsub: [{ topic: 'channel:follow', scope: 'channel:read:follow', within: 'channel_admins' }],
  },
  'chat.member_left': {
    home: 'chat',
    durable: true,
    payload: Type.Object({ chatId, userId, reason: MembershipEnd, memberCount }),
    ws: 'chat_member_left',
    socketio: toUsers('chat.member_left'),
  },
  /** A member's role, name or picture changed. */
  'chat.participant_updated': {
    home: 'chat',
    durable: true,
    payload: Type.Object({ chatId, participant: described(Participant, 'As they are now.') }),
    ws: 'participant_updated',
    socketio: toUsers('chat.participant_updated'),
  },
  /** Somebody waits to be let in; told to each admin. */
  'chat.join_requested': {
    home: 'user',
    durable: true,
    payload: Type.Object({
      chatId,
      requesterId,
      joinRequestCount: Type.Integer({ description: 'How many wait after this.' }),
    }),
    socketio: toUsers('chat.join_requested'),
  },
  /** They were let in or not; told to them, and with how many are still waiting to each admin. */
  'chat.join_resolved': {
    home: 'user',
    durable: true,
    payload: Type.Object({
      chatId,
      requesterId,
      outcome: described(oneOf('approved', 'refused'), 'Who was refused may ask again.'),
      joinRequestCount: optional(Type.Integer({ description: 'How many wait after this; told to admins only.' })),
    }),
    socketio: toUsers('chat.join_resolved'),
  },
  /** How one filed a chat: pinned, muted, archived. */
  'chat.flags_updated': {
    home: 'user',
    durable: true,
    payload: Type.Object({ chatId, flags: described(ChatFlags, 'All of them, as they are now.') }),
    socketio: toUsers('chat.flags_updated'),
  },
  'user.updated': {
    home: 'user',
    durable: true,
    payload: Type.Object({ user: described(Me, 'As one is now.') }),
    ws: 'user_profile_updated',
    socketio: toUsers('user.updated'),
    pubsub: [{ topic: 'user:update', scope: 'user:read:profile' }],
  },
  'settings.updated': {
    home: 'user',
    durable: true,
    payload: Type.Object({ settings: described(UserSettings, 'All of them, as they are now.') }),
  },
  /** One blocked a person, or does so no longer; for one's other devices. */
  'block.updated': {
    home: 'user',
    durable: true,
    payload: Type.Object({
      userId: described(Id, 'User id of the other person.'),
      isBlocked: Type.Boolean({ description: 'Whether one has blocked them now.' }),
    }),
    socketio: toUsers('block.updated'),
  },
  /** Told once per connection of everyone who shares a small chat with the person, as their privacy allows. */
  'presence.updated': {
    home: 'chat',
    durable: false,
    payload: Type.Object({
      userId: described(Id, 'User id of the person.'),
      username: Type.String({ description: 'As they are called now.' }),
      ...Presence.properties,
    }),
    ws: 'presence',
    socketio: toUsers('presence.updated'),
    pubsub: [{ topic: 'user:presence', scope: 'user:read:presence' }],
  },
  /** Tells every instance that somebody may no longer watch a person's presence. */
  'presence.withheld': {
    home: 'system',
    durable: false,
    payload: Type.Object({ userId: Id }),
    internal: true,
  },
  /** Tells every instance that a session's tokens are to be refused and its sockets closed. */
  'session.ended': {
    home: 'system',
    durable: true,
    payload: Type.Object({ sessionId: Id }),
    internal: true,
  },
} as const satisfies Record<string, EventSpec>;

export type EventName = keyof typeof events;
export type EventPayload<N extends EventName> = Static<(typeof events)[N]['payload']>;
export type DurableEventName = { [N in EventName]: (typeof events)[N]['durable'] extends true ? N : never }[EventName];
/** Events of a client: all that leave a door. */
export type ClientEventName = Exclude<EventName, 'session.ended' | 'presence.withheld'>;

export const chatTopic = (id: string): string => `chat:${id}`;
export const userTopic = (id: string): string => `user:${id}`;
export const sessionsTopic = 'system:sessions';
/** The id in `chat:<id>` and the like. */
export const topicId = (topic: string): string => topic.slice(topic.indexOf(':') + 1);
