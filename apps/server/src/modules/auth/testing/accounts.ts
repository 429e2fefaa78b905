import { generateKeyPairSync } from 'node:crypto';
import { type ClientEventName, events, strict } from '@parley/contract';
import type { HubEvent } from '@parley/realtime';
import { Value } from 'typebox/value';
import { loadOrCreateKeys } from '../../../adapters/keys.ts';
import { createLog, type Log } from '../../../log/log.ts';
import type { Renderers } from '../../../log/render.ts';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { settingsEvents } from '../../settings/events.ts';
import { userEvents } from '../../users/events.ts';
import { sessionEvents } from '../events.ts';
import type { Passwords } from '../passwords.ts';
import { type Auth, type AuthSettings, createAuth } from '../service.ts';

export const password = 'a long enough secret';

export const settings: AuthSettings = {
  accessTtl: 900,
  refreshTtl: 30 * 86_400,
  sessionTtl: 30 * 86_400,
  passwordPolicy: 'warn',
  cookie: { secure: 'auto' },
};

export interface Accounts {
  database: TestDatabase;
  log: Log;
  auth: Auth;
  /** What was published, in order. */
  published: HubEvent[];
  /** Unix time in ms of everything here; starts at now, moves by hand. */
  clock: { now: number; forward(ms: number): void };
  /** Another instance on the same database, with the same keys unless new ones are asked for. */
  another(options?: { settings?: Partial<AuthSettings>; passwords?: Passwords; keys?: 'new' }): Promise<Auth>;
  /** Registers and signs in. */
  buildUser(username: string): Promise<{ id: string; tokens: Awaited<ReturnType<Auth['login']>> }>;
}

export async function createAccounts(): Promise<Accounts> {
  const database = await createTestDatabase();
  const { db } = database;
  const published: HubEvent[] = [];
  const clock = createClock();
  const keys = await newKeys();
  const log = await createLog({
    db,
    // Other modules' events are looked at as rows of the log here.
    renderers: {
      ...sessionEvents,
      ...userEvents,
      ...settingsEvents,
      'chat.participant_updated': () => [],
    } as unknown as Renderers,
    publish: (event) => published.push(checked(event)),
    onError: (error) => {
      throw error;
    },
  });
  const another: Accounts['another'] = async (options) =>
    createAuth({
      db,
      log,
      keys: options?.keys === 'new' ? await newKeys() : keys,
      clock: () => clock.now,
      settings: { ...settings, ...options?.settings },
      ...(options?.passwords && { passwords: options.passwords }),
    });
  const auth = await another();
  return {
    database,
    log,
    auth,
    published,
    clock,
    another,
    async buildUser(username) {
      const { id } = await auth.register({ username, email: `${username}@example.org`, password });
      return { id, tokens: await auth.login({ username, password }, { address: '192.0.2.1', userAgent: 'a test' }) };
    },
  };
}

export function newKeys() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return loadOrCreateKeys('', JSON.stringify(privateKey.export({ format: 'jwk' })));
}

function createClock() {
  return {
    now: Date.now(),
    forward(ms: number) {
      this.now += ms;
    },
  };
}

/** Every event has the form the contract gives it, and no field more. */
function checked(event: HubEvent): HubEvent {
  const { payload } = events[event.name as ClientEventName];
  const problems = [...Value.Errors(strict(payload), event.data)];
  if (problems.length > 0) throw new Error(`${event.name}: ${JSON.stringify(problems)}`);
  return event;
}
