import { AppError, type FactorProof } from '@parley/contract';
import type { Trx } from '../../db/schema.ts';
import type { AuthContext, Origin } from './context.ts';
import { type Account, findAccountById } from './store.ts';
import { attemptCode, takeCode } from './totp/check.ts';

/** Whoever has a session shows that they also know the password. Throws `wrong_password`. */
export async function provePassword(
  context: AuthContext,
  userId: string,
  password: string,
  from: Origin,
): Promise<Account> {
  const succeeded = context.throttle.attempt(`password of ${userId}`, from.address ?? '');
  const account = await findAccountById(context.db, userId);
  const isRight = await context.passwords.verify(password, account?.password_hash);
  if (!isRight || account === undefined) throw new AppError('wrong_password');
  succeeded();
  return account;
}

/** By the password, a code or a recovery code; then does the work, in the transaction that uses the code up. */
export async function withProof<T>(
  context: AuthContext,
  userId: string,
  proof: FactorProof & Origin,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  const { password, code, recoveryCode, address } = proof;
  if (password !== undefined) {
    await provePassword(context, userId, password, { address });
    return context.db.transaction().execute(work);
  }
  if (code === undefined && recoveryCode === undefined) throw nothingGiven('/password');
  const succeeded = attemptCode(context, userId, address);
  const result = await context.db.transaction().execute(async (trx) => {
    await takeCode(context, trx, userId, { code, recoveryCode });
    return work(trx);
  });
  succeeded();
  return result;
}

export const nothingGiven = (path: string): AppError =>
  new AppError('validation_error', { errors: [{ path, message: 'is required' }] });
