import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { makeGroup, type Person, signUp } from '../support/people.ts';
import { sleep, until } from '../support/until.ts';
import { openSignedIn, type Wscat } from '../support/wscat.ts';
import { type Stage, startInstances } from './stage.ts';

let stage: Stage;
let near: string;
let far: string;
let ann: Person;
let bob: Person;
const open: Wscat[] = [];

beforeAll(async () => {
  stage = await startInstances({ postgresUrl: inject('postgresUrl') });
  [near, far] = stage.servers.map(({ url }) => url) as [string, string];
  [ann, bob] = [await signUp(near), await signUp(far)];
  await makeGroup(ann, [bob]);
});
afterAll(() => stage?.close());
afterEach(async () => {
  for (const socket of open.splice(0)) socket.close();
  // For the next one everybody comes anew.
  await until(async () => (await stateAt(far, bob, ann)) === 'offline', 'everybody is gone', 30_000);
  await sleep(300);
});

async function connect(url: string, { tokens }: Person): Promise<Wscat> {
  const socket = await openSignedIn(url, tokens.access_token);
  open.push(socket);
  return socket;
}

const toldOf = (socket: Wscat, { id }: Person): unknown[] =>
  socket.ofType('presence').flatMap(({ userId, state }) => (userId === id ? [state] : []));

/** As somebody sees the person who asks an instance. */
async function stateAt(url: string, viewer: Person, { id }: Person): Promise<unknown> {
  const headers = { authorization: `Bearer ${viewer.tokens.access_token}` };
  const answer = (await (await fetch(`${url}/v1/users/${id}`, { headers })).json()) as { presence?: { state: string } };
  return answer.presence?.state;
}

test('who comes, looks away and goes on one instance is told on the other, once', async () => {
  const watcher = await connect(far, bob);
  const socket = await connect(near, ann);
  await until(() => toldOf(watcher, ann).length === 1, 'online is told');
  for (const url of [near, far]) expect(await stateAt(url, bob, ann)).toBe('online');
  socket.send({ type: 'presence_update', status: 'away' });
  await until(() => toldOf(watcher, ann).length === 2, 'away is told');
  socket.close();
  await until(() => toldOf(watcher, ann).length === 3, 'offline is told');
  await sleep(300);
  expect(toldOf(watcher, ann)).toEqual(['online', 'away', 'offline']);
});

test('who is on two instances is gone when the last of both is', async () => {
  const watcher = await connect(far, bob);
  const [one, two] = [await connect(near, ann), await connect(far, ann)];
  await until(() => toldOf(watcher, ann).length === 1, 'online is told');
  one.close();
  await sleep(2_500);
  expect(toldOf(watcher, ann)).toEqual(['online']);
  two.close();
  await until(() => toldOf(watcher, ann).length === 2, 'offline is told');
});

test('a change of privacy on one instance is told by whichever instance tells of the person', async () => {
  for (const url of [near, far]) {
    const watcher = await connect(far, bob);
    const socket = await connect(near, ann);
    await until(() => toldOf(watcher, ann).at(-1) === 'online', 'online is told');
    const change = async (lastSeenPrivacy: string): Promise<void> => {
      const response = await fetch(`${url}/v1/settings`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${ann.tokens.access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ lastSeenPrivacy }),
      });
      expect(response.status).toBe(200);
    };
    await change('nobody');
    await until(() => toldOf(watcher, ann).at(-1) === 'offline', 'they are hidden');
    await change('everyone');
    await until(() => toldOf(watcher, ann).at(-1) === 'online', 'they are shown again');
    for (const one of [watcher, socket]) one.close();
    await sleep(2_000);
  }
});

test('an instance that is killed leaves no ghosts, and those who should know are told', async () => {
  const watcher = await connect(far, bob);
  await connect(near, ann);
  await until(() => toldOf(watcher, ann).length === 1, 'online is told');
  await stage.servers[0]!.kill9();
  const before = Date.now();
  await until(() => toldOf(watcher, ann).at(-1) === 'offline', 'offline is told', 30_000);
  console.log(`the ghost was gone after ${((Date.now() - before) / 1_000).toFixed(1)} s`);
  expect(await stateAt(far, bob, ann)).toBe('offline');
  await stage.servers[0]!.restart();
  await connect(near, ann);
  await until(() => toldOf(watcher, ann).at(-1) === 'online', 'they are back');
});

test('presence is whole again when Redis lost everything', async () => {
  const watcher = await connect(far, bob);
  await connect(near, ann);
  await until(() => toldOf(watcher, ann).length === 1, 'online is told');
  await stage.redis.restart();
  await until(async () => (await stateAt(far, bob, ann)) === 'online', 'the other instance knows again', 10_000);
  open.at(-1)!.close();
  await until(() => toldOf(watcher, ann).at(-1) === 'offline', 'offline is told', 10_000);
  await sleep(300);
  // Who looked while Redis knew nobody was shown "offline", so that it is told again: seldom, however often they look.
  const told = toldOf(watcher, ann);
  expect([told[0], told.at(-1), told.indexOf('offline')]).toEqual(['online', 'offline', told.length - 1]);
  expect(told.length).toBeLessThan(12);
});
