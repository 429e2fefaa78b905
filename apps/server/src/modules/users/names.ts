import { AppError } from '@parley/contract';

/** Names that differ only in case are the same name. */
export const usernameKey = (username: string): string => username.toLowerCase();

/** A name as it is searched for. */
export const bareName = (text: string): string => text.trim().replace(/^@/, '');

/** What begins so, for `like`: `%`, `_` and `\` mean themselves. */
export const asPrefix = (text: string): string => `${text.replace(/[\\%_]/g, '\\$&')}%`;

export const emailKey = (email: string): string => email.normalize('NFC').toLowerCase();

const taken = { users_username_key_key: 'username_taken', users_email_key_key: 'email_taken' } as const;

/** A broken unique rule as what it means; anything else as it is. */
export function throwTaken(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  const isKnown = code === '23505' && constraint !== undefined && constraint in taken;
  throw isKnown ? new AppError(taken[constraint as keyof typeof taken], undefined, { cause: error }) : error;
}
