import type { State } from './state.ts';

/** Where two states differ in what the server told: paths, for a test's message. Pending sends, typing and positions are left out. */
export function differences(a: State, b: State): string[] {
  return [
    ...compare('me', a.me, b.me),
    ...compare('settings', a.settings, b.settings),
    ...compare('chats', plain(a.chats), plain(b.chats)),
    ...compare('windows', plain(a.windows), plain(b.windows)),
    ...compare('pins', plain(a.pins), plain(b.pins)),
    ...compare('members', membersOf(a), membersOf(b)),
    ...compare('receipts', nested(a.receipts), nested(b.receipts)),
    ...compare('presence', shared(a.presence, b.presence), shared(b.presence, a.presence)),
  ];
}

export const equalState = (a: State, b: State): boolean => differences(a, b).length === 0;

const plain = (map: ReadonlyMap<string, unknown>): Record<string, unknown> => Object.fromEntries(map);

const nested = (maps: ReadonlyMap<string, ReadonlyMap<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries([...maps].map(([key, map]) => [key, plain(map)]));

/** Present members of the chats of which all are known; who else was met depends on what was read. */
const membersOf = (state: State): Record<string, unknown> =>
  Object.fromEntries(
    [...state.fullMembers].map((chatId) => [
      chatId,
      Object.fromEntries([...(state.participants.get(chatId) ?? [])].filter(([, { isMember }]) => isMember)),
    ]),
  );

/** A live client also hears of people whom no list names. */
const shared = (map: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): Record<string, unknown> =>
  Object.fromEntries([...map].filter(([key]) => other.has(key)));

function compare(path: string, a: unknown, b: unknown): string[] {
  if (Object.is(a, b)) return [];
  if (!isObject(a) || !isObject(b)) return [`${path}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => compare(`${path}.${key}`, a[key], b[key]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
