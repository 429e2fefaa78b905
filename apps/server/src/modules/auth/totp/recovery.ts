import { randomBytes } from 'node:crypto';
import { hashToken } from '../secrets.ts';
import { toBase32 } from './codes.ts';

const count = 10;

/** Ten codes of 80 bits: too many to try, so they need no slow hash. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: count }, () =>
    toBase32(randomBytes(10))
      .toLowerCase()
      .replace(/.{4}(?!$)/g, '$&-'),
  );

/** What is stored of one. Case and dashes do not matter. */
export const hashRecoveryCode = (code: string): Buffer => hashToken(code.toLowerCase().replaceAll(/[^a-z2-7]/g, ''));
