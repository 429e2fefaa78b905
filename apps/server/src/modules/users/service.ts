import type { Static } from '@parley/contract';
import {
  AppError,
  chatTopic,
  type Me,
  type Presence,
  type ProfileChange,
  type User,
  userTopic,
} from '@parley/contract';
import type { Db, Trx } from '../../db/schema.ts';
import type { Log, Tell } from '../../log/log.ts';
import { bareName, throwTaken, usernameKey } from './names.ts';
import { type OwnUserRow, type PublicUserRow, toMe, toUser } from './profile.ts';
import { findByKey, findByPrefix, findOwn, findUser, lockOwn, updateUser } from './store.ts';

/** What the viewer may know of the presence of others; people who are left out have none to show. */
export type PresenceOf = (
  viewerId: string,
  userIds: readonly string[],
) => Promise<ReadonlyMap<string, Presence>> | ReadonlyMap<string, Presence>;

/** Chats the person is in, with their participant id there. */
export type ChatsOf = (trx: Trx, userId: string) => Promise<{ chatId: string; participantId: string }[]>;

/** Runs with the change of a picture, in its transaction. */
export type AlsoWithAvatar = (trx: Trx, before: string | null) => Promise<void>;

export interface Users {
  get(viewerId: string, userId: string): Promise<User>;
  byUsername(viewerId: string, username: string): Promise<User>;
  search(viewerId: string, query: { q: string; limit?: number | undefined }): Promise<User[]>;
  me(userId: string): Promise<Me>;
  setAvatar(userId: string, avatarUrl: string | null, also: AlsoWithAvatar): Promise<Me>;
  updateMe(userId: string, change: Static<typeof ProfileChange>): Promise<Me>;
}

/** Members of further chats see a new name when they next load the chat. */
const maxChatsTold = 1_000;
const defaultLimit = 20;

interface Options {
  db: Db;
  log: Log;
  chatsOf: ChatsOf;
  presenceOf?: PresenceOf;
  /** Those of the given people whom the viewer has blocked. */
  blockedOf?(viewerId: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createUsers({ db, log, chatsOf, presenceOf, blockedOf }: Options): Users {
  async function show(viewerId: string, rows: readonly PublicUserRow[]): Promise<User[]> {
    const userIds = rows.map((row) => row.id);
    const presences = await presenceOf?.(viewerId, userIds);
    const blocked = await blockedOf?.(viewerId, userIds);
    return rows.map((row) => ({
      ...toUser(row, presences?.get(row.id)),
      ...(blocked?.has(row.id) ? { isBlocked: true as const } : {}),
    }));
  }

  async function showOne(viewerId: string, row: PublicUserRow | undefined): Promise<User> {
    const [user] = row === undefined ? [] : await show(viewerId, [row]);
    if (user === undefined) throw new AppError('user_not_found');
    return user;
  }

  return {
    get: async (viewerId, userId) => showOne(viewerId, await findUser(db, userId)),
    byUsername: async (viewerId, username) => showOne(viewerId, await findByKey(db, usernameKey(username))),

    async search(viewerId, { q, limit = defaultLimit }) {
      const text = bareName(q);
      return text === '' ? [] : show(viewerId, await findByPrefix(db, text, limit));
    },

    async me(userId) {
      const [row] = await findOwn(db, [userId]);
      if (row === undefined) throw new AppError('user_not_found');
      return toMe(row);
    },

    setAvatar,

    updateMe: (userId, change) =>
      log.write(async (trx, tell) => {
        const before = await lockOwn(trx, userId);
        if (before === undefined) throw new AppError('user_not_found');
        const wanted = toColumns(before, change);
        if (Object.keys(wanted).length === 0) return toMe(before);
        const after = await updateUser(trx, userId, wanted).catch(throwTaken);
        tell({ topic: userTopic(userId), name: 'user.updated', facts: {}, actorId: userId });
        if (isShownInChats(before, after)) await tellChats(trx, tell, userId);
        return toMe(after);
      }),
  };

  /** The person's picture; `also` runs in the same transaction, with the address it had before. */
  function setAvatar(userId: string, avatarUrl: string | null, also: AlsoWithAvatar): Promise<Me> {
    return log.write(async (trx, tell) => {
      const before = await lockOwn(trx, userId);
      if (before === undefined) throw new AppError('user_not_found');
      await also(trx, before.avatar_url);
      if (before.avatar_url === avatarUrl) return toMe(before);
      const after = await updateUser(trx, userId, { avatar_url: avatarUrl });
      tell({ topic: userTopic(userId), name: 'user.updated', facts: {}, actorId: userId });
      await tellChats(trx, tell, userId);
      return toMe(after);
    });
  }

  async function tellChats(trx: Trx, tell: Tell, userId: string): Promise<void> {
    for (const { chatId, participantId } of (await chatsOf(trx, userId)).slice(0, maxChatsTold)) {
      tell({ topic: chatTopic(chatId), name: 'chat.participant_updated', facts: { participantId }, actorId: userId });
    }
  }
}

/** Only what really changes. An empty bio is none. */
function toColumns(before: OwnUserRow, change: Static<typeof ProfileChange>) {
  const displayName = change.displayName?.trim();
  const bio = change.bio === undefined ? undefined : change.bio.trim() || null;
  const { username } = change;
  return {
    ...(displayName === undefined || displayName === before.display_name ? {} : { display_name: displayName }),
    ...(bio === undefined || bio === before.bio ? {} : { bio }),
    ...(username === undefined || username === before.username
      ? {}
      : { username, username_key: usernameKey(username) }),
  };
}

const isShownInChats = (before: OwnUserRow, after: OwnUserRow): boolean =>
  before.display_name !== after.display_name || before.username !== after.username;
