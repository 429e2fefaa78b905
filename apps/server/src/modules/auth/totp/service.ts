import {
  AppError,
  type FactorProof,
  type Tokens,
  type TotpLogin,
  type TotpSecret,
  type TotpStatus,
} from '@parley/contract';
import type { Db, Trx } from '../../../db/schema.ts';
import type { AuthContext, Origin } from '../context.ts';
import { toTokens } from '../grant.ts';
import { nothingGiven, provePassword, withProof } from '../proof.ts';
import { startSession } from '../start-session.ts';
import { findAccountById } from '../store.ts';
import { attemptCode, takeCode, takeTotp } from './check.ts';
import { newSecret, toBase32, toUri } from './codes.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery.ts';
import * as store from './store.ts';

/** Milliseconds that a new secret waits for its first code. */
const confirmWithin = 10 * 60_000;
const issuer = 'Parley';

export interface Totp {
  totpStatus(userId: string): Promise<TotpStatus>;
  enrolTotp(userId: string, password: string, from: Origin): Promise<TotpSecret>;
  /** The recovery codes. */
  confirmTotp(userId: string, code: string, from: Origin): Promise<string[]>;
  disableTotp(userId: string, proof: FactorProof, from: Origin): Promise<void>;
  renewRecoveryCodes(userId: string, proof: FactorProof, from: Origin): Promise<string[]>;
  /** The second step of a sign-in. */
  loginByCode(login: TotpLogin, from: Origin): Promise<Tokens>;
}

export function createTotp(context: AuthContext): Totp {
  const { db, clock, seal } = context;
  return {
    async totpStatus(userId) {
      const factor = await store.findConfirmed(db, userId);
      if (!factor?.confirmed_at) return { isOn: false, recoveryCodesLeft: 0 };
      const recoveryCodesLeft = await store.countRecoveryCodes(db, userId);
      return { isOn: true, since: factor.confirmed_at.toISOString(), recoveryCodesLeft };
    },

    async enrolTotp(userId, password, from) {
      await provePassword(context, userId, password, from);
      const secret = newSecret();
      const isBegun = await store.begin(db, userId, seal.seal(secret, userId), new Date(clock()));
      if (!isBegun) throw new AppError('totp_on');
      return { secret: toBase32(secret), uri: toUri(secret, await usernameOf(db, userId), issuer) };
    },

    async confirmTotp(userId, code, from) {
      const succeeded = attemptCode(context, userId, from.address);
      const codes = await db.transaction().execute(async (trx) => {
        const factor = await lockPending(context, trx, userId);
        if (!(await takeTotp(context, trx, factor, code))) throw new AppError('wrong_code');
        await store.confirm(trx, userId, new Date(clock()));
        return replaceRecoveryCodes(trx, userId);
      });
      succeeded();
      return codes;
    },

    async disableTotp(userId, proof, from) {
      await withProof(context, userId, { ...proof, ...from }, async (trx) => {
        await refuseOff(trx, userId);
        await store.remove(trx, userId);
      });
    },

    renewRecoveryCodes: (userId, proof, from) =>
      withProof(context, userId, { ...proof, ...from }, async (trx) => {
        await refuseOff(trx, userId);
        return replaceRecoveryCodes(trx, userId);
      }),

    loginByCode: (login, from) => loginByCode(context, login, from),
  };
}

async function lockPending({ clock }: AuthContext, trx: Trx, userId: string): Promise<store.FactorRow> {
  const factor = await store.lockFactor(trx, userId);
  if (factor?.confirmed_at) throw new AppError('totp_on');
  if (factor === undefined || clock() - factor.created_at.getTime() > confirmWithin) throw new AppError('totp_off');
  return factor;
}

async function refuseOff(trx: Trx, userId: string): Promise<void> {
  const factor = await store.lockFactor(trx, userId);
  if (!factor?.confirmed_at) throw new AppError('totp_off');
}

async function replaceRecoveryCodes(trx: Trx, userId: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  await store.replaceRecoveryCodes(trx, userId, codes.map(hashRecoveryCode));
  return codes;
}

async function usernameOf(db: Db, userId: string): Promise<string> {
  const row = await db.selectFrom('users').select('username').where('id', '=', userId).executeTakeFirstOrThrow();
  return row.username;
}

async function loginByCode(context: AuthContext, login: TotpLogin, from: Origin): Promise<Tokens> {
  const { challenge, code, recoveryCode } = login;
  const userId = context.challenges.open(challenge);
  if (code === undefined && recoveryCode === undefined) throw nothingGiven('/code');
  const succeeded = attemptCode(context, userId, from.address);
  const account = await findAccountById(context.db, userId);
  if (account === undefined) throw new AppError('challenge_expired');
  context.challenges.refuseChanged(challenge, account);
  const granted = await context.db.transaction().execute(async (trx) => {
    const started = await startSession(context, trx, account, from);
    await takeCode(context, trx, userId, { code, recoveryCode });
    return started;
  });
  succeeded();
  return toTokens(context, granted);
}
