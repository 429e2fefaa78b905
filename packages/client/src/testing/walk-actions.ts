import type { Chat } from '@parley/contract';
import type { Client } from '../client/types.ts';
import type { ChatState } from '../store/state.ts';
import type { Device } from './device.ts';
import type { Break } from './flaky-network.ts';
import type { Random } from './random.ts';

export interface Step {
  device: Device;
  random: Random;
  /** The people who walk, by user id. */
  people: readonly string[];
  names: readonly string[];
}

type Action = (step: Step, client: Client) => unknown;

const breaks: readonly Break[] = ['loud', 'quiet', 'silent'];
const words = ['tea', 'rain', 'snow ❄️', 'مرحبا', 'später', '山', 'a\nb', 'see https://example.org'];

const emoji = ['👍', '❤️', '🎉', '😂'];

const someChat = ({ random }: Step, client: Client): ChatState | undefined =>
  random.pick([...client.store.state.chats.values()]);

const inChat =
  (act: (chat: ChatState, step: Step, client: Client) => unknown): Action =>
  (step, client) => {
    const chat = someChat(step, client);
    return chat === undefined ? undefined : act(chat, step, client);
  };

const someMessage = (chat: ChatState, { random }: Step, client: Client, isOwn?: boolean) =>
  random.pick(
    (client.store.state.windows.get(chat.id)?.items ?? []).filter(
      ({ senderId, messageType, deletedAt }) =>
        messageType === 'text' &&
        deletedAt === undefined &&
        (isOwn === undefined || (senderId === chat.myParticipantId) === isOwn),
    ),
  );

/** Now and then it names somebody. */
const text = ({ random, names }: Step): string =>
  `${random.pick(words)} ${random.next() < 0.3 ? `@${random.pick(names)} ` : ''}${random.below(1_000_000)}`;

const flags = [
  'chats.pin',
  'chats.unpin',
  'chats.archive',
  'chats.unarchive',
  'chats.favorite',
  'chats.unfavorite',
] as const;

const newChat = (step: Step): Parameters<Client['createChat']>[0] => {
  const others = step.people.filter(() => step.random.next() < 0.6);
  const other = step.random.pick(step.people);
  return step.random.next() < 0.3 && other !== undefined
    ? { type: 'direct', memberIds: [other] }
    : {
        type: step.random.next() < 0.8 ? 'group' : 'channel',
        memberIds: others,
        title: text(step).slice(0, 40).replace('\n', ' '),
      };
};

const toMember =
  (act: (chat: Chat['id'], userId: string, client: Client) => unknown): Action =>
  (step, client) => {
    const group = step.random.pick([...client.store.state.chats.values()].filter(({ type }) => type !== 'direct'));
    const userId = step.random.pick(step.people);
    return group === undefined || userId === undefined ? undefined : act(group.id, userId, client);
  };

/** What people do, and how often. */
export const actions: readonly (readonly [weight: number, name: string, action: Action])[] = [
  [24, 'send', inChat((chat, step, client) => client.send(chat.id, { content: text(step) }))],
  [
    6,
    'reply',
    inChat((chat, step, client) => {
      const message = someMessage(chat, step, client);
      return message && client.send(chat.id, { content: text(step), replyToMessageId: message.id });
    }),
  ],
  [
    6,
    'edit',
    inChat((chat, step, client) => {
      const message = someMessage(chat, step, client, true);
      return message && client.edit(chat.id, message.id, text(step));
    }),
  ],
  [
    4,
    'delete',
    inChat((chat, step, client) => {
      const message = someMessage(chat, step, client);
      return message && client.remove(chat.id, message.id, { forEveryone: step.random.next() < 0.5 });
    }),
  ],
  [
    8,
    'react',
    inChat((chat, step, client) => {
      const message = someMessage(chat, step, client);
      return message && client.react(chat.id, message.id, step.random.pick(emoji)!);
    }),
  ],
  [
    3,
    'pin',
    inChat((chat, step, client) => {
      const message = someMessage(chat, step, client);
      return message && client.pin(chat.id, message.id);
    }),
  ],
  [
    2,
    'unpin',
    inChat((chat, { random }, client) => {
      const pin = random.pick(client.store.state.pins.get(chat.id) ?? []);
      return pin && client.unpin(chat.id, pin.id);
    }),
  ],
  [
    8,
    'read',
    inChat((chat, { random }, client) =>
      random.next() < 0.5 ? client.markRead(chat.id) : client.markRead(chat.id, random.below(chat.lastSequence + 1)),
    ),
  ],
  [3, 'type', inChat(({ id }, _, client) => client.typing(id))],
  [8, 'open', inChat(({ id }, _, client) => client.openChat(id))],
  [
    3,
    'jump',
    inChat((chat, { random }, client) => client.openChat(chat.id, { around: 1 + random.below(chat.lastSequence + 1) })),
  ],
  [3, 'older', inChat(({ id }, _, client) => client.loadOlder(id))],
  [3, 'newer', inChat(({ id }, _, client) => client.loadNewer(id))],
  [2, 'newest', inChat(({ id }, _, client) => client.loadNewest(id))],
  [4, 'close', inChat(({ id }, { random }, client) => client.closeChat(id, random.next() < 0.5 ? 5 : undefined))],
  [
    3,
    'file',
    inChat(({ id }, { random }, client) => client.http.call(random.pick(flags)!, { params: { chatId: id } })),
  ],
  [2, 'create', (step, client) => client.createChat(newChat(step))],
  [
    3,
    'add',
    toMember((chatId, id, { http }) => http.call('members.add', { params: { chatId }, body: { userIds: [id] } })),
  ],
  [2, 'remove', toMember((chatId, userId, { http }) => http.call('members.remove', { params: { chatId, userId } }))],
  [
    1,
    'promote',
    toMember((chatId, userId, { http }) =>
      http.call('members.setRole', { params: { chatId, userId }, body: { role: 'admin' } }),
    ),
  ],
  [1, 'leave', inChat(({ id, type }, _, client) => (type === 'direct' ? undefined : client.leaveChat(id)))],
  [
    1,
    'rename chat',
    inChat(({ id }, step, { http }) =>
      http.call('chats.update', { params: { chatId: id }, body: { title: `called ${step.random.below(1_000)}` } }),
    ),
  ],
  [1, 'rename oneself', (step, client) => client.updateMe({ displayName: `Name ${step.random.below(1_000)}` })],
  [1, 'settings', ({ random }, client) => client.updateSettings({ theme: random.next() < 0.5 ? 'dark' : 'light' })],
  [4, 'cut', ({ device, random }) => device.road.cut(random.pick(breaks)!)],
  [8, 'restore', ({ device }) => device.road.restore()],
  [2, 'crash', ({ device }) => device.crash()],
];

/** Each as often in a row as it weighs. */
const lots = actions.flatMap((entry) => Array.from({ length: entry[0] }, () => entry));

export const pickAction = (random: Random): (typeof actions)[number] => random.pick(lots)!;
