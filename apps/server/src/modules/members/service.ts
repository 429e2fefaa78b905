import {
  AppError,
  chatTopic,
  type ErrorCode,
  type Participant,
  type Role,
  type ServiceAction,
  userTopic,
} from '@parley/contract';
import { gathered } from '../../db/gathered.ts';
import type { Run } from '../../db/pipeline.ts';
import type { Db, Trx } from '../../db/schema.ts';
import type { Log, Tell } from '../../log/log.ts';
import { topicKey } from '../../log/topics.ts';
import { bareName } from '../users/names.ts';
import { memberPage, membersByPrefix, participants, participantsNamed } from './participants.ts';
import { refuseLeaving, refuseManaging, refuseRemoving, refuseSettingRole } from './policy.ts';
import * as store from './store.ts';

export type { Membership } from './store.ts';

export const maxMembers = 10_000;

export type Members = ReturnType<typeof createMembers>;

/** Notes a service message: "alice added bob". */
export type TellService = (tell: Tell, chatId: string, action: ServiceAction, actorUserId: string) => void;

/** Those who asked to be let in: what whoever changes the members has to tell of them. */
export interface Waiting {
  /** The topics on which `letIn` will tell of these people: none where nobody of them waits. */
  topicsOf(trx: Trx, chatId: string, userIds: readonly string[]): Promise<string[]>;
  letIn(trx: Trx, tell: Tell, chatId: string, userIds: readonly string[]): Promise<void>;
  tellNewAdmin(trx: Trx, tell: Tell, chatId: string, userId: string): Promise<void>;
}

interface Options {
  db: Db;
  /** For what every send asks. */
  run: Run;
  log: Log;
  tellService: TellService;
  waiting: Waiting;
  /** Throws when the actor and one of the others do not want to meet. */
  refuseBlocked(using: Db, actorId: string, others: readonly string[]): Promise<void>;
}

function refuse(code: ErrorCode | undefined): void {
  if (code !== undefined) throw new AppError(code);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface ListQuery {
  limit?: number;
  cursor?: string;
  q?: string;
}

/** A page ends with a person's id; what is found by a name is one page. */
function refuseCursor({ cursor, q }: ListQuery): void {
  if (cursor === undefined || (q === undefined && uuid.test(cursor))) return;
  throw new AppError('validation_error', { errors: [{ path: '/cursor', message: 'is not a cursor of this list' }] });
}

/** Who is in a chat and what they may do there. */
export function createMembers({ db, run, log, tellService, waiting, refuseBlocked }: Options) {
  const find = gathered((wanted: readonly { chatId: string; userId: string }[]) => store.findMemberships(run, wanted));

  /** The one check of access to a chat, for every door: `chat_not_found` for whoever is not in it. */
  async function require(userId: string, chatId: string, using: Db = db): Promise<store.Membership> {
    const membership = await (using === db ? find({ chatId, userId }) : store.findMembership(using, chatId, userId));
    if (membership === undefined) throw new AppError('chat_not_found');
    return membership;
  }

  async function lock(trx: Trx, userId: string, chatId: string): Promise<store.Membership> {
    const membership = await store.lockMembership(trx, chatId, userId);
    if (membership === undefined) throw new AppError('chat_not_found');
    return membership;
  }

  /** Whoever changes the members of a chat holds its row first: two of them cannot deadlock. */
  async function lockActor(trx: Trx, userId: string, chatId: string): Promise<store.Membership> {
    await hold(trx, chatId);
    return lock(trx, userId, chatId);
  }

  async function lockTarget(trx: Trx, chatId: string, userId: string): Promise<store.Membership> {
    const membership = await store.lockMembership(trx, chatId, userId);
    if (membership === undefined) throw new AppError('user_not_found');
    return membership;
  }

  async function one(chatId: string, participantId: string, viewer: string): Promise<Participant> {
    const found = (await participants(db, viewer, [{ chatId, participantId }])).get(`${chatId} ${participantId}`);
    if (found === undefined) throw new AppError('user_not_found');
    return found;
  }

  /** The row of the chat, held until the end of the transaction: whoever changes the chat or its members takes it first. */
  async function hold(trx: Trx, chatId: string): Promise<{ memberCount: number }> {
    const chat = await store.lockChat(trx, chatId);
    if (chat === undefined) throw new AppError('chat_not_found');
    return chat;
  }

  /** Adds people and tells everyone; returns who is new. */
  async function admit(
    trx: Trx,
    tell: Tell,
    chatId: string,
    userIds: readonly string[],
    actorId: string,
  ): Promise<string[]> {
    const { memberCount } = await hold(trx, chatId);
    const added = await store.insertMembers(
      trx,
      chatId,
      userIds.map((userId) => ({ userId, role: 'member' as const })),
      await waiting.topicsOf(trx, chatId, userIds),
    );
    if (memberCount + added.length > maxMembers) throw new AppError('too_many_members', { max: maxMembers });
    for (const userId of added) {
      tell({ topic: chatTopic(chatId), name: 'chat.member_joined', facts: { userId }, actorId });
      const action = userId === actorId ? 'member_joined' : 'member_added';
      tellService(tell, chatId, { action, actorId, ...(userId === actorId ? {} : { targetId: userId }) }, actorId);
      tell({ topic: userTopic(userId), name: 'chat.created', facts: { chatId }, actorId });
    }
    await waiting.letIn(trx, tell, chatId, added);
    return added;
  }

  /** Ends a membership and tells everyone; the person's live subscriptions end with the event on the chat's topic. */
  async function dismiss(trx: Trx, tell: Tell, target: store.Membership, actorId: string): Promise<void> {
    const { chatId, userId, participantId } = target;
    const reason = actorId === userId ? 'left' : 'removed';
    await store.endMembership(trx, chatId, userId, reason);
    tell({ topic: userTopic(userId), name: 'chat.left', facts: { chatId, reason }, actorId });
    tell({
      topic: chatTopic(chatId),
      name: 'chat.member_left',
      facts: { userId: participantId, reason, revoke: userId },
      actorId,
    });
    const action = reason === 'left' ? 'member_left' : 'member_removed';
    tellService(tell, chatId, { action, actorId, ...(reason === 'left' ? {} : { targetId: participantId }) }, actorId);
  }

  async function handOver(trx: Trx, tell: Tell, actor: store.Membership, target: store.Membership): Promise<void> {
    const { chatId } = actor;
    await store.setRole(trx, chatId, actor.userId, 'admin');
    await store.setOwner(trx, chatId, target.userId);
    tell({ topic: chatTopic(chatId), name: 'chat.participant_updated', facts: { participantId: actor.participantId } });
    const action = { action: 'owner_changed', actorId: actor.participantId, targetId: target.participantId } as const;
    tellService(tell, chatId, action, actor.userId);
  }

  return {
    require,
    hold,
    admit,
    find: (userId: string, chatId: string) => store.findMembership(db, chatId, userId),
    /** Whom a member may mention by these names. */
    named: (member: store.Membership, names: readonly string[]) => participantsNamed(run, member, names),
    chatsOf: (userId: string, using: Db = db) => store.chatsOf(using, userId),
    memberIdsOf: (chatId: string, using: Db = db) => store.memberIdsOf(using, chatId),
    existingUsers: (userIds: readonly string[], using: Db = db) => store.existingUsers(using, userIds),
    insert: store.insertMembers,
    refuseBlocked,

    /** The topics a person's connections are told of: those of their chats. */
    async topicsOf(userId: string): Promise<string[]> {
      return (await store.chatsOf(db, userId)).map((chat) => chatTopic(chat.chatId));
    },

    /** Members, and for public channels whoever looks. Other topics are nobody's to ask for. */
    async maySubscribe(userId: string, topic: string): Promise<boolean> {
      const { kind, ownerId: chatId } = topicKey(topic) ?? {};
      if (kind !== 'chat' || chatId === undefined) return false;
      return (await store.findMembership(db, chatId, userId)) !== undefined || store.isPublicChannel(db, chatId);
    },

    /** Those of them who may follow the topic: what a channel is when it stops being public. */
    async allowedAmong(topic: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
      const { kind, ownerId: chatId } = topicKey(topic) ?? {};
      if (kind !== 'chat' || chatId === undefined) return new Set();
      if (await store.isPublicChannel(db, chatId)) return new Set(userIds);
      return store.membersAmong(db, chatId, userIds);
    },

    async list(
      viewer: string,
      chatId: string,
      page: ListQuery,
    ): Promise<{ items: Participant[]; nextCursor?: string }> {
      await require(viewer, chatId);
      refuseCursor(page);
      const { q, limit = 100 } = page;
      if (q !== undefined) return { items: await membersByPrefix(db, viewer, chatId, { text: bareName(q), limit }) };
      const found = await memberPage(db, viewer, chatId, { limit, after: page.cursor });
      return { items: found.participants, ...(found.nextCursor === undefined ? {} : { nextCursor: found.nextCursor }) };
    },

    async add(viewer: string, chatId: string, userIds: readonly string[]) {
      const wanted = [...new Set(userIds)];
      await log.write(async (trx, tell) => {
        refuse(refuseManaging(await lockActor(trx, viewer, chatId)));
        const existing = await store.existingUsers(trx, wanted);
        if (wanted.some((userId) => !existing.has(userId))) throw new AppError('user_not_found');
        await refuseBlocked(trx, viewer, wanted);
        await admit(trx, tell, chatId, wanted, viewer);
      });
      const found = await participants(
        db,
        viewer,
        wanted.map((participantId) => ({ chatId, participantId })),
      );
      return { items: [...found.values()] };
    },

    async remove(viewer: string, chatId: string, userId: string): Promise<void> {
      await log.write(async (trx, tell) => {
        const actor = await lockActor(trx, viewer, chatId);
        refuse(refuseManaging(actor));
        const target = await lockTarget(trx, chatId, userId);
        refuse(refuseRemoving(actor, target));
        await dismiss(trx, tell, target, viewer);
      });
    },

    async leave(viewer: string, chatId: string): Promise<void> {
      await log.write(async (trx, tell) => {
        const actor = await lockActor(trx, viewer, chatId);
        refuse(refuseLeaving(actor));
        await dismiss(trx, tell, actor, viewer);
      });
    },

    async setRole(viewer: string, chatId: string, userId: string, role: Role): Promise<Participant> {
      const target = await log.write(async (trx, tell) => {
        const actor = await lockActor(trx, viewer, chatId);
        if (actor.role !== 'owner') throw new AppError('forbidden');
        const found = await lockTarget(trx, chatId, userId);
        refuse(refuseSettingRole(actor, found));
        await store.setRole(trx, chatId, userId, role);
        if (role === 'owner') await handOver(trx, tell, actor, found);
        tell({
          topic: chatTopic(chatId),
          name: 'chat.participant_updated',
          facts: { participantId: found.participantId },
        });
        if (found.role === 'member' && role !== 'member') await waiting.tellNewAdmin(trx, tell, chatId, userId);
        return found;
      });
      return one(chatId, target.participantId, viewer);
    },
  };
}
