import { randomBytes } from 'node:crypto';
import {
  AppError,
  type Chat,
  type ErrorCode,
  type Invite,
  type InviteGlimpse,
  type InvitePreview,
  type JoinRequest,
  maxInvites,
  type NewInvite,
} from '@parley/contract';
import type { Db, Trx } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import { glimpseOf } from '../chats/policy.ts';
import { refuseManaging } from '../members/policy.ts';
import type { Members, Membership } from '../members/service.ts';
import { toUser } from '../users/profile.ts';
import { refuseGlimpse, refuseInvite } from './policy.ts';
import { insertRequest, waitingAmong } from './request-store.ts';
import { resolve, tellRequested } from './requests.ts';
import * as store from './store.ts';

export type Invites = ReturnType<typeof createInvites>;

interface Options {
  db: Db;
  log: Log;
  members: Members;
  getChat(viewer: string, chatId: string): Promise<Chat>;
  now(): number;
}

const maxListed = 200;

/** 192 bits: nobody finds one by trying. */
const newToken = (): string => randomBytes(24).toString('base64url');

function refuse(code: ErrorCode | undefined): void {
  if (code !== undefined) throw new AppError(code);
}

/** Links into chats, and the people who wait to be let in. */
export function createInvites({ db, log, members, getChat, now }: Options) {
  async function requireManager(viewer: string, chatId: string, using: Db = db): Promise<Membership> {
    const member = await members.require(viewer, chatId, using);
    refuse(refuseManaging(member));
    return member;
  }

  async function holdAsManager(trx: Trx, viewer: string, chatId: string): Promise<Membership> {
    await members.hold(trx, chatId);
    return requireManager(viewer, chatId, trx);
  }

  async function requireChat(token: string): Promise<string> {
    const chatId = await store.chatOfToken(db, token);
    if (chatId === undefined) throw new AppError('invite_not_found');
    return chatId;
  }

  async function requirePlace(token: string): Promise<{ chatId: string; place: store.Place }> {
    const chatId = await requireChat(token);
    const place = await store.placeOf(db, chatId);
    if (place === undefined) throw new AppError('invite_not_found');
    return { chatId, place };
  }

  /** Whoever was removed comes back by approval only. */
  async function readInvite(using: Db, chatId: string, token: string, viewer: string) {
    const invite = await store.findInvite(using, chatId, token);
    const standing = await store.standingOf(using, chatId, viewer);
    const requiresApproval = invite.requires_approval || standing.wasRemoved;
    return { ...standing, requiresApproval, refusal: refuseInvite(invite, now()) };
  }

  /** Under the lock of the chat, so that its places are counted by one after the other. */
  async function follow(viewer: string, chatId: string, token: string): Promise<'in' | 'waiting'> {
    return log.write(async (trx, tell) => {
      await members.hold(trx, chatId);
      const invite = await readInvite(trx, chatId, token, viewer);
      if (invite.isMember) return 'in';
      if (invite.isWaiting && (invite.requiresApproval || invite.refusal)) return 'waiting';
      refuse(invite.refusal);
      await store.takePlace(trx, chatId, token);
      if (!invite.requiresApproval) {
        await members.admit(trx, tell, chatId, [viewer], viewer);
        return 'in';
      }
      await insertRequest(trx, { chatId, userId: viewer, token, at: new Date(now()) });
      await tellRequested(trx, tell, chatId, viewer);
      return 'waiting';
    });
  }

  return {
    create(viewer: string, chatId: string, wanted: NewInvite): Promise<Invite> {
      const { expiresAt, maxUses, requiresApproval } = wanted;
      return db.transaction().execute(async (trx) => {
        const member = await holdAsManager(trx, viewer, chatId);
        refusePast(expiresAt, now());
        const standing = await store.invitesOf(trx, chatId);
        if (standing.length >= maxInvites) throw new AppError('too_many_invites', { max: maxInvites });
        const row = await store.insertInvite(trx, {
          chat_id: chatId,
          token: newToken(),
          created_by: member.participantId,
          expires_at: expiresAt ?? null,
          max_uses: maxUses ?? null,
          requires_approval: requiresApproval === true,
        });
        return toInvite(row);
      });
    },

    async list(viewer: string, chatId: string): Promise<Invite[]> {
      await requireManager(viewer, chatId);
      return (await store.invitesOf(db, chatId)).map(toInvite);
    },

    async preview(viewer: string, token: string): Promise<InvitePreview> {
      const { chatId, place } = await requirePlace(token);
      const { isMember, isWaiting, requiresApproval, refusal } = await readInvite(db, chatId, token, viewer);
      if (!isMember && !isWaiting) refuse(refusal);
      return { ...glimpseOf(place), requiresApproval, isMember, isWaiting, ...(isMember ? { chatId } : {}) };
    },

    /** For somebody who is not signed in. */
    async glimpse(token: string): Promise<InviteGlimpse> {
      const { chatId, place } = await requirePlace(token);
      const invite = await store.findInvite(db, chatId, token);
      refuse(refuseGlimpse(invite, now()));
      return { ...glimpseOf(place), requiresApproval: invite.requires_approval };
    },

    /** The chat, or its id while one waits to be let in. */
    async join(viewer: string, token: string): Promise<{ chat: Chat } | { waitingFor: string }> {
      const { chatId } = await requirePlace(token);
      const outcome = await follow(viewer, chatId, token);
      return outcome === 'in' ? { chat: await getChat(viewer, chatId) } : { waitingFor: chatId };
    },

    async revoke(viewer: string, token: string): Promise<void> {
      const chatId = await requireChat(token);
      await db.transaction().execute(async (trx) => {
        await holdAsManager(trx, viewer, chatId);
        await store.revokeInvite(trx, chatId, token, new Date(now()));
      });
    },

    async requests(viewer: string, chatId: string): Promise<JoinRequest[]> {
      await requireManager(viewer, chatId);
      const rows = await store.requestsOf(db, chatId, maxListed);
      return rows.map((row) => ({ user: toUser(row), requestedAt: row.requested_at.toISOString() }));
    },

    /** They come in by themselves, so to say: the chat reads that they joined. */
    async approve(viewer: string, chatId: string, userId: string): Promise<void> {
      await log.write(async (trx, tell) => {
        await holdAsManager(trx, viewer, chatId);
        await requireWaiting(trx, chatId, userId);
        if (!(await members.existingUsers([userId], trx)).has(userId)) throw new AppError('user_not_found');
        await members.admit(trx, tell, chatId, [userId], userId);
      });
    },

    async refuse(viewer: string, chatId: string, userId: string): Promise<void> {
      await log.write(async (trx, tell) => {
        await holdAsManager(trx, viewer, chatId);
        await requireWaiting(trx, chatId, userId);
        await resolve(trx, tell, chatId, [userId], 'refused');
      });
    },
  };
}

function refusePast(expiresAt: string | undefined, now: number): void {
  if (expiresAt === undefined || Date.parse(expiresAt) > now) return;
  throw new AppError('validation_error', { errors: [{ path: '/expiresAt', message: 'is not in the future' }] });
}

async function requireWaiting(trx: Trx, chatId: string, userId: string): Promise<void> {
  if ((await waitingAmong(trx, chatId, [userId])).length === 0) throw new AppError('request_not_found');
}

function toInvite(row: store.InviteRow): Invite {
  return {
    token: row.token,
    chatId: row.chat_id,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    useCount: row.use_count,
    requiresApproval: row.requires_approval,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
    ...(row.max_uses === null ? {} : { maxUses: row.max_uses }),
  };
}
