import {
  type Accepted,
  AppError,
  chatTopic,
  type Message,
  type MessagePage,
  type PageQuery,
  type Reaction,
  type Send,
  userTopic,
} from '@parley/contract';
import type { Db, Trx } from '../../db/schema.ts';
import { readHeads } from '../../log/heads.ts';
import type { Log, Tell } from '../../log/log.ts';
import { snapshot } from '../../log/snapshot.ts';
import { refusePosting } from '../members/policy.ts';
import type { Members, Membership } from '../members/service.ts';
import { accepted, idOf } from './identity.ts';
import { type ClaimFiles, prepareMedia } from './media.ts';
import { mentionsOf } from './mentions.ts';
import { idsIn, readPage } from './page.ts';
import { refuseContent, refuseEditing, refuseErasing } from './policy.ts';
import type { Queue, SendCommand } from './queue.ts';
import { type MessageRow, toMessage } from './row.ts';
import * as store from './store.ts';

export type { StoredMessage } from './store.ts';

export type Messages = ReturnType<typeof createMessages>;

interface Options {
  db: Db;
  log: Log;
  queue: Queue;
  members: Members;
  now(): number;
  claimFiles: ClaimFiles;
  /** Keeps a message until its time. */
  schedule(command: SendCommand, scheduledAt: string): Promise<void>;
  participantsOf: typeof import('../members/participants.ts').participants;
  /** What was left on messages, as one participant is told, by message id. */
  reactionsOf(
    db: Db,
    chatId: string,
    participantId: string,
    messageIds: readonly string[],
  ): Promise<ReadonlyMap<string, Reaction[]>>;
  /** Removes what hangs on a message that is deleted for everyone. */
  onErased(trx: Trx, tell: Tell, place: Place, by: Membership): Promise<void>;
}

/** A message by its place; either id alone is not enough to find it. */
interface Place {
  chatId: string;
  messageId: string;
}

export interface SendRequest extends Send {
  chatId: string;
  /** The connection it came by; on Socket.IO that one is not told again. */
  origin?: string | undefined;
}

const commitWaitMs = 10_000;
/** How long a write waits for the message it is about, which may be accepted but not stored yet. */
const arrivalWaitMs = 2_000;

export function createMessages(options: Options) {
  const { db, log, queue, members, now, claimFiles, schedule, participantsOf, reactionsOf, onErased } = options;

  async function toCommand(userId: string, request: SendRequest): Promise<SendCommand> {
    const member = await members.require(userId, request.chatId);
    const refused = refusePosting(member);
    if (refused) throw new AppError(refused);
    const { type, content, media } = await prepareMedia(userId, request, claimFiles);
    const refusal = refuseContent(content, media !== undefined);
    if (refusal) throw new AppError(refusal);
    if (request.replyToMessageId) await requireMessage(member, request.replyToMessageId);
    return {
      id: idOf(member, request.clientMessageId),
      chatId: member.chatId,
      senderId: member.participantId,
      userId,
      content,
      ...(type === 'text' ? {} : { type }),
      ...(media === undefined ? {} : { media }),
      ...(await mentionsOf(members.named, member, content)),
      ...wishesOf(request),
    };
  }

  const isLater = (request: SendRequest): request is SendRequest & { scheduledAt: string } =>
    request.scheduledAt !== undefined && !(Date.parse(request.scheduledAt) <= now());

  async function requireMessage(member: Membership, messageId: string): Promise<void> {
    await awaitArrival({ chatId: member.chatId, messageId });
    const [found] = await find(member, messageId);
    if (found === undefined || found.deleted_at !== null) throw new AppError('forbidden');
  }

  const find = (member: Membership, messageId: string) =>
    store.messagesById(db, member.userId, [{ chatId: member.chatId, messageId }]);

  /** What was acknowledged can be edited, deleted and answered at once. */
  const awaitArrival = ({ chatId, messageId }: Place): Promise<void> =>
    queue.arrival({ chatId, id: messageId }, arrivalWaitMs);

  /** For a page: as the viewer sees it, with what was left on each. */
  async function withReactions(using: Db, member: Membership, rows: readonly MessageRow[]): Promise<Message[]> {
    const shown = rows.filter((row) => row.deleted_at === null).map((row) => row.id);
    const found = await reactionsOf(using, member.chatId, member.participantId, shown);
    return rows.map((row) => {
      const reactions = found.get(row.id);
      const message = toMessage(row, row.sender_id === member.participantId);
      return reactions === undefined ? message : { ...message, reactions };
    });
  }

  async function load(member: Membership, messageId: string): Promise<Message | undefined> {
    const rows = await find(member, messageId);
    return rows[0] && toMessage(rows[0], rows[0].sender_id === member.participantId);
  }

  /** Everyone whose id appears in the messages. */
  async function peopleIn(using: Db, { chatId, userId }: Membership, rows: readonly MessageRow[]) {
    const ids = [...new Set(rows.flatMap(idsIn))];
    const people = await participantsOf(
      using,
      userId,
      ids.map((participantId) => ({ chatId, participantId })),
    );
    return [...people.values()];
  }

  return {
    awaitArrival,
    /** For a write: the row is locked. */
    lock: (trx: Trx, { chatId, messageId }: Place) => store.lockMessage(trx, chatId, messageId),

    /** Of these messages, in their order, those that the viewer may see; and who is in them. */
    async shown(using: Db, member: Membership, messageIds: readonly string[]) {
      const { chatId, userId, participantId } = member;
      const found = await store.messagesById(
        using,
        userId,
        messageIds.map((messageId) => ({ chatId, messageId })),
      );
      const rows = found.filter((row) => row.deleted_at === null);
      const byId = new Map(rows.map((row) => [row.id, toMessage(row, row.sender_id === participantId)]));
      const items = messageIds.flatMap((messageId) => byId.get(messageId) ?? []);
      return { items, participants: await peopleIn(using, member, rows) };
    },

    async sequenceOf(userId: string, chatId: string, messageId: string): Promise<number | undefined> {
      return (await store.messagesById(db, userId, [{ chatId, messageId }]))[0]?.sequence;
    },

    /** Accepts a message: once this resolves, it is kept. */
    async accept(userId: string, request: SendRequest): Promise<Accepted> {
      const command = await toCommand(userId, request);
      if (isLater(request)) await schedule(command, request.scheduledAt);
      else await queue.accept(command);
      return accepted(command);
    },

    /** Accepts a message and waits until it is stored. Undefined: it is kept, but was not stored in time. */
    async send(userId: string, request: SendRequest, waitMs = commitWaitMs): Promise<Message | Accepted> {
      if (isLater(request)) return this.accept(userId, request);
      const command = await toCommand(userId, request);
      const outcome = queue.outcome(command, waitMs);
      await queue.accept(command);
      const result = await outcome;
      if (result?.kind === 'discarded') throw new AppError(result.code);
      const member = { chatId: command.chatId, userId, participantId: command.senderId } as Membership;
      return (await load(member, command.id)) ?? accepted(command);
    },

    page(userId: string, chatId: string, query: PageQuery): Promise<MessagePage> {
      return snapshot(db, async (trx) => {
        const member = await members.require(userId, chatId, trx);
        const head = (await readHeads(trx, [chatTopic(chatId)])).get(chatTopic(chatId));
        const rows = await readPage(trx, userId, chatId, query);
        const first = rows[0]?.sequence ?? 0;
        const last = rows.at(-1)?.sequence ?? 0;
        const hasOlder = first > 1;
        const hasNewer = last < (head?.sequence ?? 0) && rows.length > 0;
        const isForward = query.after !== undefined;
        const continues = isForward ? hasNewer : hasOlder;
        return {
          items: await withReactions(trx, member, rows),
          participants: await peopleIn(trx, member, rows),
          position: { epoch: log.epoch(), offset: head?.offset ?? 0 },
          hasOlder,
          hasNewer,
          ...(continues ? { nextCursor: String(isForward ? last : first) } : {}),
        };
      });
    },

    async edit(userId: string, chatId: string, messageId: string, content: string): Promise<Message> {
      const member = await members.require(userId, chatId);
      await awaitArrival({ chatId, messageId });
      const text = { content, ...(await mentionsOf(members.named, member, content)) };
      await log.write(async (trx, tell) => {
        const message = await store.lockMessage(trx, chatId, messageId);
        const refused = refuseEditing(member, message, now());
        const refusal = refused ?? refuseContent(content, message?.type === 'file');
        if (refusal || message === undefined) throw new AppError(refusal ?? 'forbidden');
        if (message.content === content) return;
        await store.setContent(trx, chatId, message, text, new Date(now()));
        tell({ topic: chatTopic(chatId), name: 'message.updated', facts: { messageId }, actorId: userId });
      });
      const edited = await load(member, messageId);
      if (edited === undefined) throw new AppError('forbidden');
      return edited;
    },

    async remove(userId: string, chatId: string, messageId: string, forEveryone: boolean): Promise<void> {
      const member = await members.require(userId, chatId);
      await awaitArrival({ chatId, messageId });
      await (forEveryone ? erase(member, messageId) : hide(member, messageId));
    },

    async history(userId: string, chatId: string, messageId: string) {
      const member = await members.require(userId, chatId);
      const message = await load(member, messageId);
      if (message === undefined || message.deletedAt !== undefined) throw new AppError('forbidden');
      const earlier = await store.versionsOf(db, chatId, messageId);
      const versions = earlier.map((version) => ({ content: version.content, at: version.at.toISOString() }));
      return { items: [...versions, { content: message.content, at: message.editedAt ?? message.sentAt }] };
    },
  };

  async function erase(member: Membership, messageId: string): Promise<void> {
    const { chatId, userId } = member;
    await log.write(async (trx, tell) => {
      const message = await store.lockMessage(trx, chatId, messageId);
      const refused = refuseErasing(member, message);
      if (refused || message === undefined) throw new AppError(refused ?? 'forbidden');
      if (message.deletedAt !== null) return;
      const at = new Date(now());
      await store.eraseMessage(trx, chatId, message, at);
      await onErased(trx, tell, { chatId, messageId }, member);
      const facts = { messageId, sequence: message.sequence, deletedAt: at.toISOString() };
      tell({ topic: chatTopic(chatId), name: 'message.deleted', facts, actorId: userId });
    });
  }

  async function hide(member: Membership, messageId: string): Promise<void> {
    const { chatId, userId } = member;
    await log.write(async (trx, tell) => {
      const message = await store.lockMessage(trx, chatId, messageId);
      if (message === undefined) throw new AppError('forbidden');
      const at = new Date(now());
      if (message.deletedAt !== null || !(await store.hideMessage(trx, chatId, userId, messageId, at))) return;
      const facts = { chatId, messageId, forEveryone: false, deletedAt: at.toISOString() };
      tell({ topic: userTopic(userId), name: 'message.hidden', facts, actorId: userId });
    });
  }
}

function wishesOf({ clientMessageId, replyToMessageId, silent, origin }: SendRequest): Partial<SendCommand> {
  return {
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
    ...(replyToMessageId === undefined ? {} : { replyToId: replyToMessageId }),
    ...(silent ? { isSilent: true } : {}),
    ...(origin === undefined ? {} : { origin }),
  };
}
