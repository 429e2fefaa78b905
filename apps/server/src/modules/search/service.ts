import { AppError, type MessageHit, type SearchQuery } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Members } from '../members/service.ts';
import { loadHits } from '../messages/hits.ts';
import * as store from './store.ts';
import { hashesOf, normalize, queryParts, segmentOf, wordsOf } from './tokens.ts';

export type Search = ReturnType<typeof createSearch>;

interface Options {
  db: Db;
  members: Members;
}

const defaultLimit = 20;
/** Below this many messages in sight, reading them beats the index. */
const fewMessages = 20_000;
/** Segments asked together, newest first: a common word is found in the first, a rare one soon in all. */
const rounds = [1, 4, 16, 64];

/** LIKE takes these letters for wildcards. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

export function createSearch({ db, members }: Options) {
  async function visibleChats(viewer: string, chatId: string | undefined): Promise<string[]> {
    if (chatId !== undefined) return [(await members.require(viewer, chatId)).chatId];
    return (await members.chatsOf(viewer)).map((chat) => chat.chatId);
  }

  async function find(filter: store.Filter, parts: ReadonlySet<string>, limit: number): Promise<store.Found[]> {
    const isSmall = (await store.messageCount(db, filter.chatIds)) <= fewMessages;
    return isSmall || parts.size === 0 ? store.findInChats(db, filter, limit) : findByParts(filter, parts, limit);
  }

  async function findByParts(filter: store.Filter, parts: ReadonlySet<string>, limit: number): Promise<store.Found[]> {
    const found: store.Found[] = [];
    let segment = segmentOf(filter.beforeEntry ?? (await store.newestEntry(db)));
    for (let round = 0; segment >= 0 && found.length < limit; round += 1) {
      const count = Math.min(rounds[Math.min(round, rounds.length - 1)]!, segment + 1);
      const hashes = Array.from({ length: count }, (_, index) => hashesOf(parts, segment - index));
      found.push(...(await store.findInSegments(db, filter, hashes, limit - found.length)));
      segment -= count;
    }
    return found;
  }

  return {
    /** Newest first, as the viewer may see them. */
    async messages(viewer: string, query: SearchQuery): Promise<{ items: MessageHit[]; nextCursor?: string }> {
      const normalized = normalize(query.q);
      const words = wordsOf(normalized);
      if (words.length === 0)
        throw new AppError('validation_error', { errors: [{ path: '/q', message: 'has no word' }] });
      const limit = query.limit ?? defaultLimit;
      const filter: store.Filter = {
        chatIds: await visibleChats(viewer, query.chatId),
        viewer,
        patterns: words.map((word) => `%${escapeLike(word)}%`),
        beforeEntry: query.cursor === undefined ? undefined : Number(query.cursor),
        senderId: query.from,
        since: query.since,
        until: query.until,
      };
      const found = await find(filter, queryParts(normalized), limit);
      const last = found.at(-1);
      return {
        items: await loadHits(db, viewer, found),
        ...(last !== undefined && found.length === limit ? { nextCursor: String(last.entryId) } : {}),
      };
    },
  };
}
