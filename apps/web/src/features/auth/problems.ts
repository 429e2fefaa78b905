import type { ApiError } from '@parley/client';
import { errorKey } from '../../platform/error-text.ts';

export type Field = 'login' | 'displayName' | 'username' | 'email' | 'password' | 'newPassword' | 'code';

/** Keys of texts: what is wrong with which field, and what is wrong with none of them. */
export interface Problems {
  fields: Partial<Record<Field, string>>;
  form?: string;
}

const fieldOfCode: Readonly<Record<string, Field>> = {
  username_taken: 'username',
  email_taken: 'email',
  weak_password: 'password',
  wrong_password: 'password',
  wrong_code: 'code',
};

/** What is missing before the server needs to be asked. */
export function missing(values: Partial<Record<Field, string>>, optional: readonly Field[] = []): Problems {
  const fields: Problems['fields'] = {};
  for (const [field, value] of Object.entries(values) as [Field, string][]) {
    if (value.trim() === '' && !optional.includes(field)) fields[field] = `auth.missing.${field}`;
  }
  return { fields };
}

export const hasProblems = ({ fields, form }: Problems): boolean =>
  form !== undefined || Object.keys(fields).length > 0;

/** What the server refused, at the field it is about. */
export function problemsOf(error: unknown, fields: Readonly<Record<string, Field>> = {}): Problems {
  const text = errorKey(error);
  const { code, errors } = error as ApiError;
  const field = fields[code] ?? fieldOfCode[code];
  if (field !== undefined) return { fields: { [field]: text } };
  if (code !== 'validation_error') return { fields: {}, form: text };
  const refused = errors.map(({ path }) => path.split('/').at(-1) as Field);
  if (refused.length === 0) return { fields: {}, form: text };
  return { fields: Object.fromEntries(refused.map((name) => [name, `auth.invalid.${name}`])) };
}
