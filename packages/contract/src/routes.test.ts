import { describe, expect, it } from 'vitest';
import { errors } from './errors.ts';
import type { Route } from './routes/route.ts';
import { routes } from './routes.ts';

const table = Object.entries(routes) as [string, Route][];
const isPage = (path: string): boolean =>
  path === '/' ||
  ['/login', '/register'].includes(path) ||
  /^\/app(\/|$)/.test(path) ||
  /^\/admin(\/|$)/.test(path) ||
  /^\/@/.test(path) ||
  /^\/c\//.test(path) ||
  /^\/join\//.test(path);

/** Two paths that one address could mean. */
function overlap(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')];
  return (
    left.length === right.length &&
    left.every((part, index) => part === right[index] || isParameter(part, right[index]!))
  );
}

const isParameter = (a: string, b: string): boolean => a.startsWith(':') || b.startsWith(':');

describe('the route table', () => {
  it('has no two routes with the same method and path', () => {
    const addresses = table.map(([, { method, path }]) => `${method} ${path.replaceAll(/:\w+/g, ':x')}`);
    expect(addresses.filter((address, index) => addresses.indexOf(address) !== index)).toEqual([]);
  });

  it.each(table)('%s: its path is well-formed', (_name, { path }) => {
    expect(path).toMatch(/^(\/[a-z.:][a-zA-Z.-]*)+$/);
  });

  it.each(table)('%s: the parameters of the path are those of the schema', (_name, { path, params }) => {
    const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect(inPath).toEqual(Object.keys(params?.properties ?? {}));
  });

  it.each(table)('%s: no page of the web app has its address', (_name, { path }) => {
    expect(isPage(path)).toBe(false);
    const examples = [
      '/',
      '/app',
      '/app/settings',
      '/login',
      '/register',
      '/@name',
      '/c/name',
      '/join/token',
      '/admin/users',
    ];
    expect(examples.filter((page) => overlap(path, page))).toEqual([]);
  });

  it.each(table)('%s: only what changes something takes a body', (_name, { method, body }) => {
    if (body !== undefined) expect(['POST', 'PUT', 'PATCH']).toContain(method);
  });

  it.each(table)('%s: who is asked for a role in a chat is asked in that chat', (_name, { access, params }) => {
    if (['member', 'admin', 'owner', 'sender'].includes(access)) expect(params?.properties).toHaveProperty('chatId');
  });

  it.each(table)('%s: answers once, and its errors are in the table of errors', (_name, route) => {
    const statuses = Object.keys(route.responses).map(Number);
    expect(statuses.some((status) => status < 400)).toBe(true);
    for (const code of route.errors ?? []) expect(Object.keys(errors)).toContain(code);
    expect(new Set(route.errors).size).toBe(route.errors?.length ?? 0);
  });

  it.each(table)('%s: an answer without a body is 204, or says all in its headers', (name, { responses }) => {
    const inHeaders = ['files.download', 'uploads.create', 'uploads.offset'].includes(name);
    for (const [status, schema] of Object.entries(responses))
      expect(schema === null).toBe(status === '204' || inHeaders);
  });

  it.each(table)('%s: a write of a person is limited, but for signing out and catching up', (name, route) => {
    const isUnlimited = ['auth.logout', 'auth.socketToken', 'sessions.end', 'sync', 'chats.read'].includes(name);
    if (!['GET', 'HEAD'].includes(route.method) && !isUnlimited) expect(route.limit).toBeDefined();
  });
});
