import { ApiError } from '@parley/client';
import { en } from '../i18n/en.ts';

/** The text for an error of the server or the way to it. What is no such error is a fault of the app, and thrown on. */
export function errorKey(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  return codeKey(error.code);
}

export const codeKey = (code: string): string => `errors.${Object.hasOwn(en.errors, code) ? code : 'unknown'}`;
