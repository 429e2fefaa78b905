import { AppError } from '@parley/contract';
import { v7 as uuidV7 } from 'uuid';
import type { Trx } from '../../db/schema.ts';
import { type AuthContext, inSeconds, type Origin } from './context.ts';
import { addRefreshToken } from './grant.ts';
import { hashToken, sessionTokenOf } from './secrets.ts';
import { insertSession } from './sessions/store.ts';
import { type Account, lockAccount } from './store.ts';

/** A session for somebody who has shown who they are, whichever way. */
export async function startSession(context: AuthContext, trx: Trx, account: Account, from: Origin) {
  await refuseChanged(trx, account);
  const now = context.clock();
  const sessionId = uuidV7();
  const sessionToken = sessionTokenOf(sessionId, context.keys.privateKey);
  await insertSession(trx, {
    id: sessionId,
    user_id: account.id,
    token_hash: hashToken(sessionToken),
    user_agent: from.userAgent?.slice(0, 256) ?? null,
    address: from.address ?? null,
    created_at: new Date(now),
    last_used_at: new Date(now),
    expires_at: inSeconds(now, context.settings.sessionTtl),
  });
  const refresh = await addRefreshToken(context, trx, sessionId);
  return { userId: account.id, sessionId, sessionToken, refreshToken: refresh.token };
}

/** Blocked, or given another password, while it was being looked at. */
async function refuseChanged(trx: Trx, { id, password_hash }: Account): Promise<void> {
  const now = await lockAccount(trx, id);
  if (now === undefined || now.blocked_at !== null || now.password_hash !== password_hash) {
    throw new AppError('invalid_credentials');
  }
}
