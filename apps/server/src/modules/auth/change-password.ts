import { AppError, type PasswordChange } from '@parley/contract';
import { isWeakPassword } from '@parley/contract/passwords';
import type { Identity } from '@parley/realtime';
import type { AuthContext, Origin } from './context.ts';
import { provePassword } from './proof.ts';
import { endTold } from './sessions/end.ts';
import { findOwner, setPassword } from './store.ts';

/** Another password. Whoever is signed in elsewhere, perhaps by the old one, is signed out. */
export async function changePassword(
  context: AuthContext,
  { userId, sessionId }: Identity,
  { currentPassword, newPassword }: PasswordChange,
  from: Origin,
): Promise<void> {
  const { log, clock, passwords, revoked, settings } = context;
  const account = await provePassword(context, userId, currentPassword, from);
  if (settings.passwordPolicy === 'strict' && isWeakPassword(newPassword, await findOwner(context.db, userId))) {
    throw new AppError('weak_password');
  }
  const hash = await passwords.hash(newPassword);
  const ended = await log.write(async (trx, tell) => {
    if (!(await setPassword(trx, account, hash))) throw new AppError('wrong_password');
    return endTold(trx, tell, { userId, now: new Date(clock()), except: sessionId });
  });
  for (const endedId of ended) revoked.add(endedId);
}
