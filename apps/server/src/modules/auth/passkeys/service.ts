import { AppError, type NewPasskey, type Passkey, type PasskeyAnswer, type Tokens } from '@parley/contract';
import type { AuthContext, Origin } from '../context.ts';
import { provePassword } from '../proof.ts';
import { loginByPasskey, passkeyLoginOptions } from './login.ts';
import { addPasskey, newPasskeyOptions } from './register.ts';
import * as store from './store.ts';

/** What a browser is handed, as JSON. */
type Options = Record<string, unknown>;

export interface Passkeys {
  listPasskeys(userId: string): Promise<Passkey[]>;
  newPasskeyOptions(userId: string, password: string, from: Origin): Promise<Options>;
  addPasskey(userId: string, passkey: NewPasskey, from: Origin): Promise<Passkey>;
  renamePasskey(userId: string, passkeyId: string, name: string): Promise<Passkey>;
  removePasskey(userId: string, passkeyId: string): Promise<void>;
  passkeyLoginOptions(from: Origin): Promise<Options>;
  loginByPasskey(answer: PasskeyAnswer, from: Origin): Promise<Tokens>;
}

export function createPasskeys(context: AuthContext): Passkeys {
  const { db } = context;
  return {
    listPasskeys: async (userId) => (await store.listPasskeys(db, userId)).map(toPasskey),
    async newPasskeyOptions(userId, password, from) {
      await provePassword(context, userId, password, from);
      return { ...(await newPasskeyOptions(context, userId, from)) };
    },
    addPasskey: async (userId, passkey, from) => toPasskey(await addPasskey(context, userId, passkey, from)),
    renamePasskey: async (userId, passkeyId, name) =>
      toPasskey(refuseMissing(await store.renamePasskey(db, userId, passkeyId, name.trim()))),
    async removePasskey(userId, passkeyId) {
      if (!(await store.deletePasskey(db, userId, passkeyId))) throw new AppError('passkey_not_found');
    },
    passkeyLoginOptions: async (from) => ({ ...(await passkeyLoginOptions(context, from)) }),
    loginByPasskey: (answer, from) => loginByPasskey(context, answer, from),
  };
}

function refuseMissing<T>(row: T | undefined): T {
  if (row === undefined) throw new AppError('passkey_not_found');
  return row;
}

const toPasskey = (row: store.PasskeyRow): Passkey => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at.toISOString() }),
});
