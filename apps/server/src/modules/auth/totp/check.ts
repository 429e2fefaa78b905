import { AppError } from '@parley/contract';
import type { Trx } from '../../../db/schema.ts';
import type { AuthContext } from '../context.ts';
import { stepOf } from './codes.ts';
import { hashRecoveryCode } from './recovery.ts';
import { type FactorRow, lockFactor, spendRecoveryCode, takeStep } from './store.ts';

export interface GivenCode {
  code?: string | undefined;
  recoveryCode?: string | undefined;
}

/** Takes the code, which is then used up if the transaction succeeds. Throws `wrong_code`, or `totp_off`. */
export async function takeCode(context: AuthContext, trx: Trx, userId: string, given: GivenCode): Promise<void> {
  const factor = await lockFactor(trx, userId);
  if (factor === undefined || factor.confirmed_at === null) throw new AppError('totp_off');
  const isRight =
    given.code === undefined
      ? await spendRecoveryCode(trx, userId, hashRecoveryCode(given.recoveryCode ?? ''))
      : await takeTotp(context, trx, factor, given.code);
  if (!isRight) throw new AppError('wrong_code');
}

/** A secret that was sealed with another key takes no code; recovery codes do not need it. */
export async function takeTotp({ seal, clock }: AuthContext, trx: Trx, factor: FactorRow, code: string) {
  const secret = seal.open(factor.secret, factor.user_id);
  const step = secret && stepOf(secret, code, clock(), Number(factor.last_step));
  if (step === undefined) return false;
  await takeStep(trx, factor.user_id, step);
  return true;
}

/** Guessing a code is slowed down like guessing a password: per address, so that nobody can keep the owner out. */
export function attemptCode({ throttle }: AuthContext, userId: string, address: string | undefined): () => void {
  return throttle.attempt(`code of ${userId}`, address ?? '');
}
