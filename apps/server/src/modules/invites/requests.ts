import { userTopic } from '@parley/contract';
import type { Trx } from '../../db/schema.ts';
import type { Tell } from '../../log/log.ts';
import type { Waiting } from '../members/service.ts';
import * as store from './request-store.ts';

export type Outcome = 'approved' | 'refused';

/** The admins and the person themself are told what became of a request. */
export async function resolve(trx: Trx, tell: Tell, chatId: string, userIds: readonly string[], outcome: Outcome) {
  const resolved = await store.removeRequests(trx, chatId, userIds, outcome);
  if (resolved.length === 0) return;
  const admins = await store.adminsOf(trx, chatId);
  for (const requesterId of resolved) {
    const facts = { chatId, requesterId, outcome };
    for (const userId of [requesterId, ...admins])
      tell({ topic: userTopic(userId), name: 'chat.join_resolved', facts, actorId: requesterId });
  }
}

export async function tellRequested(trx: Trx, tell: Tell, chatId: string, requesterId: string): Promise<void> {
  for (const userId of await store.adminsOf(trx, chatId)) tellOne(tell, userId, chatId, requesterId);
}

const tellOne = (tell: Tell, userId: string, chatId: string, requesterId: string): void =>
  tell({
    topic: userTopic(userId),
    name: 'chat.join_requested',
    facts: { chatId, requesterId },
    actorId: requesterId,
  });

/** What whoever changes the members of a chat has to know of those who wait to be. */
export const waiting: Waiting = {
  async topicsOf(trx, chatId, userIds) {
    const asked = await store.waitingAmong(trx, chatId, userIds);
    return asked.length === 0 ? [] : [...asked, ...(await store.adminsOf(trx, chatId))].map(userTopic);
  },

  letIn: (trx, tell, chatId, userIds) => resolve(trx, tell, chatId, userIds, 'approved'),

  async tellNewAdmin(trx, tell, chatId, userId) {
    const requesterId = await store.newestRequest(trx, chatId);
    if (requesterId !== undefined) tellOne(tell, userId, chatId, requesterId);
  },
};
