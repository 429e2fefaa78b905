import { randomBytes } from 'node:crypto';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed, where it is JSON. */
  body: unknown;
}

export interface Request {
  /** Sent as JSON, but for forms and bytes. */
  body?: unknown;
  query?: Record<string, string | number | boolean>;
  headers?: Record<string, string>;
}

/** One person with a session of their own. */
export interface Person {
  id: string;
  username: string;
  token: string;
  refreshToken: string;
  sessionToken: string;
  call(method: string, path: string, request?: Request): Promise<Answer>;
  /** The body of a successful answer; throws for any other. */
  ask<T>(method: string, path: string, request?: Request): Promise<T>;
}

export const password = 'a long enough secret';

const isJson = (body: unknown): boolean =>
  body !== undefined && !(body instanceof FormData) && !(body instanceof Uint8Array);

/** A request as anybody may send it. `path` stands below `/v1`. */
export async function request(url: string, method: string, path: string, options: Request = {}): Promise<Answer> {
  const query = new URLSearchParams(Object.entries(options.query ?? {}).map(([key, value]) => [key, String(value)]));
  const response = await fetch(`${url}/v1${path}${query.size > 0 ? `?${query}` : ''}`, {
    method,
    redirect: 'manual',
    headers: { ...(isJson(options.body) ? { 'content-type': 'application/json' } : {}), ...options.headers },
    ...(options.body === undefined ? {} : { body: isJson(options.body) ? JSON.stringify(options.body) : options.body }),
  } as RequestInit);
  const text = await response.text();
  const hasJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: hasJson && text !== '' ? JSON.parse(text) : text };
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  session_token: string;
  user_id: string;
}

/** Another session of somebody who has an account. */
export async function signIn(url: string, username: string): Promise<Person> {
  const { status, body } = await request(url, 'POST', '/auth/login', { body: { username, password } });
  if (status !== 200) throw new Error(`${username} could not sign in: ${JSON.stringify(body)}`);
  return toPerson(url, username, body as Tokens);
}

/** Registers and signs in. */
export async function buildUser(url: string, name = 'user'): Promise<Person> {
  const username = `${name}_${randomBytes(5).toString('hex')}`;
  const account = { username, email: `${username}@example.org`, password };
  const { status, body } = await request(url, 'POST', '/auth/register', { body: account });
  if (status !== 201) throw new Error(`${username} could not register: ${JSON.stringify(body)}`);
  return signIn(url, username);
}

function toPerson(url: string, username: string, tokens: Tokens): Person {
  const call: Person['call'] = (method, path, options = {}) =>
    request(url, method, path, {
      ...options,
      headers: { authorization: `Bearer ${tokens.access_token}`, ...options.headers },
    });
  return {
    id: tokens.user_id,
    username,
    token: tokens.access_token,
    refreshToken: tokens.refresh_token,
    sessionToken: tokens.session_token,
    call,
    async ask<T>(method: string, path: string, options?: Request) {
      const { status, body } = await call(method, path, options);
      if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
      return body as T;
    },
  };
}
