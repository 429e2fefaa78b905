import { closeCodes } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { password } from './testing/accounts.ts';

interface Tokens {
  access_token: string;
  session_token: string;
}

let app: TestApp;
let tokens: Tokens;
const open: Live[] = [];

async function call<T>(method: string, path: string, options: { token?: string; body?: object } = {}): Promise<T> {
  const response = await fetch(`${app.url}/v1${path}`, {
    method,
    headers: {
      ...(options.token && { authorization: `Bearer ${options.token}` }),
      ...(options.body && { 'content-type': 'application/json' }),
    },
    ...(options.body && { body: JSON.stringify(options.body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

interface Live {
  frames: { type: string }[];
  until(type: string): Promise<{ type: string }>;
  closed: Promise<number>;
  close(): void;
}

/** A socket that has said who it is, and what it was told. */
async function connect(token: string): Promise<Live> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`);
  const frames: { type: string }[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  socket.addEventListener('message', ({ data }) => {
    frames.push(JSON.parse(String(data)));
    for (const look of waiting) look();
  });
  const until = (type: string) =>
    new Promise<{ type: string }>((resolve) => {
      const look = (): void => {
        const found = frames.find((frame) => frame.type === type);
        if (found) {
          waiting.delete(look);
          resolve(found);
        }
      };
      waiting.add(look);
      look();
    });
  socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'auth', token })));
  const live = { frames, until, closed, close: () => socket.close() };
  open.push(live);
  await until('auth_ok');
  return live;
}

beforeAll(async () => {
  app = await startApp();
  await call('POST', '/auth/register', { body: { username: 'ada', email: 'ada@example.org', password } });
});
beforeEach(async () => {
  tokens = await call('POST', '/auth/login', { body: { username: 'ada', password } });
});
afterEach(() => {
  for (const live of open.splice(0)) live.close();
});
afterAll(() => app.close());

describe('a session that ends takes its sockets with it', () => {
  test('on logout, however they signed in, and no others', async () => {
    const { token: short } = await call<{ token: string }>('POST', '/auth/ws', { token: tokens.access_token });
    const mine = await Promise.all([tokens.access_token, tokens.session_token, short].map(connect));
    const other = await call<Tokens>('POST', '/auth/login', { body: { username: 'ada', password } });
    const elsewhere = await connect(other.access_token);
    await call('POST', '/auth/logout', { token: tokens.access_token });
    expect(await Promise.all(mine.map((live) => live.closed))).toEqual(Array(3).fill(closeCodes.session_ended));
    await call('PATCH', '/me', { token: other.access_token, body: { bio: `still here ${Date.now()}` } });
    await elsewhere.until('user_profile_updated');
  });

  test('when another device ends it', async () => {
    const mine = await connect(tokens.session_token);
    const other = await call<Tokens>('POST', '/auth/login', { body: { username: 'ada', password } });
    const { sessionId } = await app.modules.auth.authenticate(tokens.access_token);
    await call('DELETE', `/auth/sessions/${sessionId}`, { token: other.access_token });
    expect(await mine.closed).toBe(closeCodes.session_ended);
  });
});

test('changes of the profile and of the settings reach one’s own devices', async () => {
  const live = await connect(tokens.access_token);
  const me = await call('PATCH', '/me', { token: tokens.session_token, body: { display_name: 'Countess' } });
  expect(await live.until('user_profile_updated')).toMatchObject({ user: me });
  const settings = await call('PUT', '/settings', { token: tokens.access_token, body: { theme: 'dark' } });
  expect(settings).toMatchObject({ theme: 'dark' });
  expect(await live.until('event')).toMatchObject({ event: 'settings.updated', data: { settings } });
});
