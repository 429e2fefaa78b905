import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@parley/contract';

/** OWASP's minimum for Argon2id: 19 MiB, two passes, one lane. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each runs on a thread of the pool that files and DNS also need; beyond the queue a sign-in is refused, not piled up. */
const maxRunning = 2;
const maxWaiting = 256;

export interface Argon2 {
  hash: typeof hash;
  verify: typeof verify;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Without a hash (nobody has that name) it takes as long and answers no. */
  verify(password: string, storedHash: string | undefined): Promise<boolean>;
}

export async function createPasswords(argon2: Argon2 = { hash, verify }): Promise<Passwords> {
  const inTurn = createQueue();
  const nobody = await argon2.hash(randomBytes(32), cost);
  return {
    hash: (password) => inTurn(() => argon2.hash(normalise(password), cost)),
    verify: (password, storedHash) =>
      inTurn(async () => {
        const isRight = await argon2.verify(storedHash ?? nobody, normalise(password));
        return isRight && storedHash !== undefined;
      }),
  };
}

/** The same characters typed on different systems are the same password (NIST SP 800-63B, 5.1.1.2). */
const normalise = (password: string): string => password.normalize('NFKC');

function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];

  /** Whoever is done hands their place to the next in line. */
  const done = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };

  return async (work) => {
    if (running < maxRunning) running += 1;
    else if (waiting.length < maxWaiting) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new AppError('unavailable', undefined, { retryAfter: 2 });
    try {
      return await work();
    } finally {
      done();
    }
  };
}
