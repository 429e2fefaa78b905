import { AppError, type DraftChange, userTopic } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import type { Members } from '../members/service.ts';
import { isTooLong } from '../messages/policy.ts';
import * as store from './store.ts';

export type Drafts = ReturnType<typeof createDrafts>;

interface Options {
  db: Db;
  log: Log;
  members: Pick<Members, 'require'>;
  now(): number;
}

/** What people have begun to write, the same on all of their devices. */
export function createDrafts({ db, log, members, now }: Options) {
  return {
    /** The head comes first: drafts of one person are written in the order in which they are told. */
    async save(viewer: string, chatId: string, draft: DraftChange): Promise<void> {
      await members.require(viewer, chatId, db);
      if (isTooLong(draft.content)) throw new AppError('message_too_long');
      const isEmpty = draft.content.trim() === '' && draft.replyToMessageId === undefined;
      const place = { chatId, userId: viewer };
      await log.write(
        async (trx, tell) => {
          const hasChanged = isEmpty
            ? await store.removeDraft(trx, place)
            : await store.writeDraft(trx, place, draft, new Date(now()));
          if (!hasChanged) return;
          tell({ topic: userTopic(viewer), name: 'draft.updated', facts: { chatId }, actorId: viewer });
        },
        { lockFirst: [userTopic(viewer)] },
      );
    },
  };
}
