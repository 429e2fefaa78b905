import { AppError, type Registration, userTopic } from '@parley/contract';
import { isWeakPassword } from '@parley/contract/passwords';
import { v7 as uuidV7 } from 'uuid';
import { createHead } from '../../log/heads.ts';
import { emailKey, usernameKey } from '../users/names.ts';
import type { AuthContext } from './context.ts';
import { insertAccount } from './store.ts';

/** Makes an account and its topic. The first account administers the installation. */
export async function register(
  { db, clock, settings, passwords }: AuthContext,
  { username, email, password, displayName }: Registration,
): Promise<{ id: string; username: string }> {
  if (settings.passwordPolicy === 'strict' && isWeakPassword(password, { username, email })) {
    throw new AppError('weak_password');
  }
  const id = uuidV7();
  const account = {
    id,
    username,
    username_key: usernameKey(username),
    email,
    email_key: emailKey(email),
    display_name: displayName?.trim() ?? username,
    password_hash: await passwords.hash(password),
    created_at: new Date(clock()),
  };
  await db.transaction().execute(async (trx) => {
    await insertAccount(trx, account);
    await createHead(trx, userTopic(id));
  });
  return { id, username };
}
