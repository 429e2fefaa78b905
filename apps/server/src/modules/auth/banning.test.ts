import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person, password, request } from '../../testing/people.ts';

let app: TestApp;
let admin: Person;
let troll: Person;

beforeAll(async () => {
  app = await startApp();
  admin = await buildUser(app.url, 'admin');
  troll = await buildUser(app.url, 'troll');
});
afterAll(() => app.close());

const signIn = () => request(app.url, 'POST', '/auth/login', { body: { username: troll.username, password } });

test('who is banned loses sockets and tokens within a second, and cannot come back until let in', async () => {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws?token=${troll.token}`);
  await new Promise((resolve) => socket.once('message', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const started = performance.now();
  expect((await admin.call('PUT', `/users/${troll.id}/ban`)).status).toBe(204);
  await expect(closed).resolves.toBe(3500);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect((await troll.call('GET', '/me')).status).toBe(401);
  expect((await signIn()).status).toBe(401);
  expect((await admin.call('DELETE', `/users/${troll.id}/ban`)).status).toBe(204);
  expect((await signIn()).status).toBe(200);
});

test('only administrators ban, not themselves, and only who is there', async () => {
  const other = await buildUser(app.url, 'other');
  await expect(other.call('PUT', `/users/${troll.id}/ban`)).resolves.toMatchObject({
    status: 403,
    body: { code: 'admin_only' },
  });
  await expect(admin.call('PUT', `/users/${admin.id}/ban`)).resolves.toMatchObject({ status: 403 });
  await expect(admin.call('PUT', '/users/01a1f71a-d331-769e-aba9-ad45b675d58e/ban')).resolves.toMatchObject({
    status: 404,
  });
});
