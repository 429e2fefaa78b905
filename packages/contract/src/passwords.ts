import { commonPasswords } from './common-passwords.ts';

/** As far as they are known; empty texts otherwise. */
interface Owner {
  username: string;
  email: string;
}

/** Too easy to guess: on the list, made of one piece repeated, a run of the keyboard or alphabet, or the owner's own name. */
export function isWeakPassword(password: string, owner: Owner): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  const bare = lower.replace(/^[\d\W_]+|[\d\W_]+$/g, '');
  return (
    commonPasswords.has(lower) ||
    commonPasswords.has(bare) ||
    isRepeated(lower) ||
    isRun(lower) ||
    ownNames(owner).some((name) => lower === name || bare === name)
  );
}

const ownNames = ({ username, email }: Owner): string[] =>
  [username, email, email.slice(0, email.indexOf('@'))].filter(Boolean).map((name) => name.toLowerCase());

/** `aaaaaaaa`, `abababab`, `abcabcabc`. */
const isRepeated = (text: string): boolean => /^(.{1,4})\1+$/u.test(text);

const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
];
const allRuns = runs.flatMap((run) => [run, [...run].reverse().join('')]);

const isRun = (text: string): boolean => allRuns.some((run) => run.includes(text));
