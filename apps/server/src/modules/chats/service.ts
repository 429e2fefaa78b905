import {
  AppError,
  type Chat,
  type ChatChange,
  type ChatFacts,
  type ChatFlags,
  type ChatGlimpse,
  type ChatList,
  chatTopic,
  type NewChat,
  type Role,
  userTopic,
} from '@parley/contract';
import { v7 as uuidv7 } from 'uuid';
import type { Db, Trx } from '../../db/schema.ts';
import { createHead, readHeads } from '../../log/heads.ts';
import type { Log, Tell } from '../../log/log.ts';
import { snapshot } from '../../log/snapshot.ts';
import { type Members, maxMembers, type TellService } from '../members/service.ts';
import type { AlsoWithAvatar } from '../users/service.ts';
import { parseCursor, toCursor } from './cursor.ts';
import { glimpseOf, refuseChanging, refuseDeleting, refuseNewChat } from './policy.ts';
import { toFacts } from './rows.ts';
import * as store from './store.ts';
import { loadChats, type PresenceOf } from './views.ts';

export type Chats = ReturnType<typeof createChats>;

interface Options {
  db: Db;
  log: Log;
  members: Members;
  tellService: TellService;
  presenceOf: PresenceOf;
  /** Removes what nobody can look at once the chat is gone. */
  onDeleted(trx: Trx, chatId: string): Promise<void>;
}

type FlagChange = store.FlagChange;

const forever = '9999-12-31T00:00:00.000Z';
const pairOf = (a: string, b: string): readonly [string, string] => (a < b ? [a, b] : [b, a]);

export function createChats({ db, log, members, tellService, presenceOf, onDeleted }: Options) {
  const view = { db, epoch: log.epoch, presenceOf };

  async function get(viewer: string, chatId: string): Promise<Chat> {
    const { chats } = await loadChats(view, viewer, { chatIds: [chatId] });
    if (chats[0] === undefined) throw new AppError('chat_not_found');
    return chats[0];
  }

  async function requireNamed(publicName: string) {
    const chatId = await store.findByName(db, publicName);
    const row = chatId === undefined ? undefined : (await store.factsOf(db, [chatId])).get(chatId);
    if (row === undefined) throw new AppError('chat_not_found');
    return row;
  }

  async function requireUsers(trx: Trx, creator: string, userIds: readonly string[]): Promise<void> {
    const existing = await members.existingUsers(userIds, trx);
    if (userIds.some((userId) => !existing.has(userId))) throw new AppError('user_not_found');
    await members.refuseBlocked(trx, creator, userIds);
  }

  /** Rows of a new chat; each member learns of it on their own topic, nobody of it by a service message. */
  async function insert(trx: Trx, tell: Tell, id: string, creator: string, chat: NewChat, others: readonly string[]) {
    const isDirect = chat.type === 'direct';
    await store.insertChat(trx, {
      id,
      type: chat.type,
      title: isDirect ? null : (chat.title ?? null),
      description: chat.description ?? null,
      publicName: chat.publicName ?? null,
      ownerId: isDirect ? null : creator,
    });
    await createHead(trx, chatTopic(id));
    const role: Role = isDirect ? 'member' : 'owner';
    const people = [{ userId: creator, role }, ...others.map((userId) => ({ userId, role: 'member' as const }))];
    await members.insert(trx, id, people);
    if (chat.publicName && !(await store.claimName(trx, chat.publicName, id))) throw new AppError('public_name_taken');
    for (const { userId } of people)
      tell({ topic: userTopic(userId), name: 'chat.created', facts: { chatId: id }, actorId: creator });
  }

  async function createDirect(creator: string, chat: NewChat, other: string): Promise<{ chat: Chat; isNew: boolean }> {
    const pair = pairOf(creator, other);
    const found = await store.findDirect(db, pair);
    if (found !== undefined) return { chat: await get(creator, found), isNew: false };
    const id = uuidv7();
    const claimed = await log.write(async (trx, tell) => {
      await requireUsers(trx, creator, [other]);
      const owner = await store.claimDirect(trx, pair, id);
      if (owner === id) await insert(trx, tell, id, creator, chat, other === creator ? [] : [other]);
      return owner;
    });
    return { chat: await get(creator, claimed), isNew: claimed === id };
  }

  async function change(viewer: string, chatId: string, flags: FlagChange): Promise<void> {
    await members.require(viewer, chatId);
    await log.write(async (trx, tell) => {
      const row = await store.setFlags(trx, chatId, viewer, flags);
      const now: ChatFlags = {
        isPinned: row.is_pinned,
        isFavorite: row.is_favorite,
        isArchived: row.is_archived,
        ...(row.muted_until ? { mutedUntil: row.muted_until.toISOString() } : {}),
      };
      tell({ topic: userTopic(viewer), name: 'chat.flags_updated', facts: { chatId, flags: now }, actorId: viewer });
    });
  }

  return {
    get,

    async create(creator: string, chat: NewChat): Promise<{ chat: Chat; isNew: boolean }> {
      const others = [...new Set(chat.memberIds)].filter((userId) => userId !== creator);
      const refusal = refuseNewChat(chat, others);
      if (refusal) throw new AppError(refusal);
      if (others.length + 1 > maxMembers) throw new AppError('too_many_members', { max: maxMembers });
      if (chat.type === 'direct') return createDirect(creator, chat, others[0] ?? creator);
      const id = uuidv7();
      await log.write(async (trx, tell) => {
        await requireUsers(trx, creator, others);
        await insert(trx, tell, id, creator, chat, others);
      });
      return { chat: await get(creator, id), isNew: true };
    },

    list(viewer: string, page: { limit?: number; cursor?: string }): Promise<ChatList> {
      return snapshot(db, async (trx) => {
        const limit = page.limit ?? 100;
        const after = parseCursor(page.cursor);
        const { chats, rows } = await loadChats({ ...view, db: trx }, viewer, { limit, after });
        const head = (await readHeads(trx, [userTopic(viewer)])).get(userTopic(viewer));
        const last = rows.at(-1);
        return {
          items: chats,
          position: { epoch: log.epoch(), offset: head?.offset ?? 0 },
          ...(last && rows.length === limit ? { nextCursor: toCursor(last) } : {}),
        };
      });
    },

    /** The name was given so that strangers find the chat: whoever is signed in sees what it is. */
    async byName(publicName: string): Promise<ChatFacts> {
      return toFacts(await requireNamed(publicName));
    },

    /** For somebody who is not signed in. */
    async glimpse(publicName: string): Promise<ChatGlimpse> {
      const { avatar_url: avatarUrl, member_count: memberCount, ...row } = await requireNamed(publicName);
      return glimpseOf({ ...row, avatarUrl, memberCount });
    },

    /** The title of a public channel; undefined for every other chat. */
    async publicTitleOf(chatId: string): Promise<string | undefined> {
      const row = (await store.factsOf(db, [chatId])).get(chatId);
      return row?.type === 'channel' && row.public_name !== null ? (row.title ?? row.public_name) : undefined;
    },

    async update(viewer: string, chatId: string, wanted: ChatChange): Promise<Chat> {
      await log.write(async (trx, tell) => {
        await members.hold(trx, chatId);
        const member = await members.require(viewer, chatId, trx);
        const refusal = refuseChanging(member);
        if (refusal) throw new AppError(refusal);
        const before = (await store.factsOf(trx, [chatId])).get(chatId);
        if (wanted.publicName && !(await store.claimName(trx, wanted.publicName, chatId)))
          throw new AppError('public_name_taken');
        if (wanted.publicName !== undefined) await store.releaseNames(trx, chatId, wanted.publicName ?? undefined);
        await store.updateChat(trx, chatId, wanted);
        tell({ topic: chatTopic(chatId), name: 'chat.updated', facts: factsOfChange(wanted), actorId: viewer });
        if (wanted.title !== undefined && wanted.title !== before?.title) {
          tellService(tell, chatId, { action: 'renamed', actorId: member.participantId, value: wanted.title }, viewer);
        }
      });
      return get(viewer, chatId);
    },

    /** Throws for whoever may not change the chat. */
    async requireChanging(viewer: string, chatId: string): Promise<void> {
      const refusal = refuseChanging(await members.require(viewer, chatId));
      if (refusal) throw new AppError(refusal);
    },

    /** Its picture; `also` runs in the same transaction, with the address it had before. */
    async setAvatar(viewer: string, chatId: string, avatarUrl: string | null, also: AlsoWithAvatar): Promise<Chat> {
      await log.write(async (trx, tell) => {
        await members.hold(trx, chatId);
        const refusal = refuseChanging(await members.require(viewer, chatId, trx));
        if (refusal) throw new AppError(refusal);
        const before = (await store.factsOf(trx, [chatId])).get(chatId)?.avatar_url ?? null;
        await also(trx, before);
        if (before === avatarUrl) return;
        await store.setAvatar(trx, chatId, avatarUrl);
        tell({ topic: chatTopic(chatId), name: 'chat.updated', facts: {}, actorId: viewer });
      });
      return get(viewer, chatId);
    },

    async remove(viewer: string, chatId: string): Promise<void> {
      await log.write(async (trx, tell) => {
        await members.hold(trx, chatId);
        const refusal = refuseDeleting(await members.require(viewer, chatId, trx));
        if (refusal) throw new AppError(refusal);
        await store.deleteChat(trx, chatId);
        await onDeleted(trx, chatId);
        tell({ topic: chatTopic(chatId), name: 'chat.deleted', facts: {}, actorId: viewer });
      });
    },

    /** Anyone may join a chat that has a public name. */
    async join(viewer: string, chatId: string): Promise<Chat> {
      await log.write(async (trx, tell) => {
        await members.hold(trx, chatId);
        const chat = (await store.factsOf(trx, [chatId])).get(chatId);
        if (chat === undefined || chat.public_name === null) throw new AppError('chat_not_found');
        await members.admit(trx, tell, chatId, [viewer], viewer);
      });
      return get(viewer, chatId);
    },

    setFlags: change,
    mute: (viewer: string, chatId: string, until: string | undefined) =>
      change(viewer, chatId, { mutedUntil: until ?? forever }),
    unmute: (viewer: string, chatId: string) => change(viewer, chatId, { mutedUntil: null }),
  };
}

/** Onlookers of a channel that has lost its public name may follow it no longer. */
const factsOfChange = ({ publicName }: ChatChange): Record<string, unknown> =>
  publicName === null ? { isNoLongerPublic: true } : {};
