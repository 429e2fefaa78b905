import { AppError, type Login, type Tokens } from '@parley/contract';
import { emailKey, usernameKey } from '../users/names.ts';
import type { AuthContext, Origin } from './context.ts';
import { toTokens } from './grant.ts';
import { startSession } from './start-session.ts';
import { findAccount, type LoginKey } from './store.ts';
import { isOn } from './totp/store.ts';

/**
 * Starts a session. An unknown name, a wrong password and a blocked account get the same answer at the same cost;
 * so does everyone who tries too often. That a code is asked for is told only to who has the password.
 */
export async function signIn(context: AuthContext, login: Login, from: Origin): Promise<Tokens> {
  const by = toLoginKey(login);
  const succeeded = context.throttle.attempt(by.key, from.address ?? '');
  const account = await findAccount(context.db, by);
  const isRight = await context.passwords.verify(login.password, account?.password_hash);
  if (!isRight || account === undefined || account.blocked_at !== null) throw new AppError('invalid_credentials');
  if (await isOn(context.db, account.id)) {
    succeeded();
    throw new AppError('totp_required', { challenge: context.challenges.issue(account) });
  }
  const granted = await context.db.transaction().execute((trx) => startSession(context, trx, account, from));
  succeeded();
  return toTokens(context, granted);
}

/** An `@` makes it an address, in whichever field it comes; usernames have none. */
function toLoginKey({ username, email }: Login): LoginKey {
  const name = (email ?? username)?.trim();
  if (!name) throw new AppError('validation_error', { errors: [{ path: '/username', message: 'is required' }] });
  return name.includes('@')
    ? { column: 'email_key', key: emailKey(name) }
    : { column: 'username_key', key: usernameKey(name) };
}
