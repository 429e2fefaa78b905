import cookie from '@fastify/cookie';
import { routes, strict } from '@parley/contract';
import fastify, { type FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindRoutes } from '../../http/bind.ts';
import type { Handlers } from '../../http/handler.ts';
import { createIdentify } from '../../http/identity.ts';
import { createLimits } from '../../http/limits.ts';
import { sendProblem } from '../../http/problems.ts';
import { authRoutes } from './routes.ts';
import { type Accounts, createAccounts, password } from './testing/accounts.ts';

let accounts: Accounts;
let server: FastifyInstance;

beforeAll(async () => {
  accounts = await createAccounts();
  await accounts.buildUser('ada');
  server = fastify({ trustProxy: true });
  await server.register(cookie);
  server.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
  // Only this module's routes are called here.
  bindRoutes(server, authRoutes(accounts.auth) as unknown as Handlers, {
    identify: createIdentify({ authenticate: accounts.auth.authenticateRequest, allowOrigin: () => false }),
    limits: createLimits({ enabled: false }),
  });
});
afterAll(async () => {
  await server.close();
  await accounts.database.drop();
});

const post = (url: string, body?: object, headers: Record<string, string> = {}) =>
  server.inject({ method: 'POST', url, headers, ...(body && { payload: body }) });
const signIn = (headers = {}) => post('/v1/auth/login', { username: 'ada', password }, headers);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('the answers have the form of the contract', () => {
  test('register, and its conflict', async () => {
    const body = { username: 'bob', email: 'bob@example.org', password, display_name: 'Bob B.' };
    const answer = await post('/auth/register', body);
    expect(answer.statusCode).toBe(201);
    expect(Value.Check(strict(routes['auth.register'].responses[201]), answer.json())).toBe(true);
    const again = await post('/auth/register', body);
    expect([again.statusCode, again.json().code]).toEqual([409, 'username_taken']);
  });

  test('login, refresh, socket token, sessions and keys', async () => {
    const tokens = (await signIn()).json();
    expect(Value.Check(strict(routes['auth.login'].responses[200]), tokens)).toBe(true);
    const next = (await post('/auth/refresh', { refresh_token: tokens.refresh_token })).json();
    expect(Value.Check(strict(routes['auth.refresh'].responses[200]), next)).toBe(true);
    const headers = bearer(next.access_token);
    const short = await post('/auth/ws', { scopes: ['chat:read:message'] }, headers);
    expect(short.json()).toMatchObject({ scopes: ['chat:read:message'], expires_in: 300 });
    expect((await server.inject({ url: '/auth/ws', headers })).json().scopes.length).toBeGreaterThan(1);
    const list = (await server.inject({ url: '/v1/auth/sessions', headers })).json();
    expect(Value.Check(strict(routes['sessions.list'].responses[200]), list)).toBe(true);
    const jwks = (await server.inject({ url: '/.well-known/jwks.json' })).json();
    expect(Value.Check(strict(routes['auth.jwks'].responses[200]), jwks)).toBe(true);
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });

  test('a wrong password', async () => {
    const answer = await post('/auth/login', { username: 'ada', password: 'nope nope' });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'invalid_credentials']);
  });
});

describe('the session cookie', () => {
  const cookieOf = async (headers: Record<string, string>) => {
    const answer = await signIn(headers);
    return { cookie: answer.cookies[0], tokens: answer.json() };
  };

  test('holds the session token, out of reach of scripts and of other sites', async () => {
    const { cookie: set, tokens } = await cookieOf({});
    expect(set).toMatchObject({ name: 'parley_session', value: tokens.session_token, httpOnly: true, sameSite: 'Lax' });
    expect(set).toMatchObject({ path: '/', maxAge: 30 * 86_400 });
    expect(set).not.toHaveProperty('secure');
    expect(set).not.toHaveProperty('domain');
  });

  test('is secure when the request came by HTTPS', async () => {
    expect((await cookieOf({ 'x-forwarded-proto': 'https' })).cookie).toMatchObject({ secure: true });
  });

  test('signs in, and goes with the session on logout', async () => {
    const { tokens } = await cookieOf({});
    const headers = { cookie: `parley_session=${tokens.session_token}`, 'sec-fetch-site': 'same-origin' };
    expect((await server.inject({ url: '/auth/sessions', headers })).statusCode).toBe(200);
    const answer = await post('/auth/logout', undefined, headers);
    expect(answer.statusCode).toBe(204);
    expect(answer.cookies[0]).toMatchObject({ name: 'parley_session', value: '', path: '/' });
    expect(answer.cookies[0]?.expires?.getTime()).toBe(0);
    const after = await server.inject({ url: '/auth/sessions', headers });
    expect([after.statusCode, after.json().code]).toEqual([401, 'session_ended']);
  });

  test('does not let another site log one out', async () => {
    const { tokens } = await cookieOf({});
    const headers = { cookie: `parley_session=${tokens.session_token}`, origin: 'https://evil.example' };
    expect((await post('/auth/logout', undefined, headers)).json().code).toBe('csrf');
  });
});

test('a session is ended by its id', async () => {
  const [mine, other] = [(await signIn()).json(), (await signIn()).json()];
  const { sessionId } = await accounts.auth.authenticate(other.access_token);
  const end = () =>
    server.inject({ method: 'DELETE', url: `/auth/sessions/${sessionId}`, headers: bearer(mine.access_token) });
  expect((await end()).statusCode).toBe(204);
  expect((await end()).json().code).toBe('session_not_found');
  const refused = await server.inject({ url: '/auth/sessions', headers: bearer(other.session_token) });
  expect(refused.json().code).toBe('session_ended');
});

test('a socket token is for sockets only', async () => {
  const tokens = (await signIn()).json();
  const { token } = (await post('/auth/ws', {}, bearer(tokens.access_token))).json();
  expect((await post('/auth/ws', {}, bearer(token))).json().code).toBe('invalid_token');
});
