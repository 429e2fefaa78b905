import {
  type Client,
  type ClientOptions,
  createClient,
  createHttp,
  createMemoryStorage,
  type Http,
  isPassing,
} from '@parley/client';
import type { Chat, Tokens } from '@parley/contract';

export const password = 'a long enough secret';

export interface Person {
  id: string;
  username: string;
  /** Of the sign-in made here. */
  tokens: Tokens;
  /** Calls routes by name, as this person. */
  http: Http;
}

let people = 0;

/** Registers somebody and signs in. */
export async function signUp(url: string, name?: string): Promise<Person> {
  people += 1;
  const username = name ?? `person${people}`;
  const { id } = await register(url, username);
  const tokens = await signIn(url, username);
  return { id, username, tokens, http: httpOf(url, tokens) };
}

/** Somebody who never signs in. */
export const register = (url: string, username: string): Promise<{ id: string }> =>
  createHttp({ baseUrl: url }).call('auth.register', {
    body: { username, email: `${username}@example.org`, password },
  });

/** Another session of somebody, as on another device. */
export const signIn = (url: string, username: string): Promise<Tokens> =>
  createHttp({ baseUrl: url }).call('auth.login', { body: { username, password } });

export const httpOf = (url: string, { access_token: token }: Tokens): Http =>
  createHttp({ baseUrl: url, tokens: { accessToken: async () => token, renew: async () => undefined } });

export const makeGroup = (owner: Person, members: readonly Person[], title = 'a group'): Promise<Chat> =>
  owner.http.call('chats.create', { body: { type: 'group', title, memberIds: members.map(({ id }) => id) } });

/**
 * The SDK, signed in as somebody and started. The errors that no caller is told are kept for the test to look at, but not that
 * the server was out of reach for a while.
 */
export async function startClient(
  url: string,
  { username }: Pick<Person, 'username'>,
  options: Partial<ClientOptions> = {},
): Promise<Client & { errors: unknown[] }> {
  const errors: unknown[] = [];
  const client = createClient({
    baseUrl: url,
    storage: createMemoryStorage(),
    onError: (error) => void (isPassing(error) || errors.push(error)),
    ...options,
  });
  await client.login({ username, password });
  await client.start();
  return Object.assign(client, { errors });
}
