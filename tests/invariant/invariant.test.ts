import { ApiError, createState, differences } from '@parley/client';
import { type ClientEventName, events } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../apps/server/src/testing/app.ts';
import { openLive } from '../../apps/server/src/testing/live.ts';
import { type Doors, doorsOf, openDoors, positionsOf } from './doors.ts';
import { scenarios } from './scenarios.ts';
import { clientEvents, type Stage, setStage } from './stage.ts';

const soon = { interval: 30 };

let app: TestApp;
let stage: Stage;
beforeAll(async () => {
  app = await startApp();
  // Nothing that the doors let in is poison to this schema; so a message is made one.
  await app.database.pool.query(`alter table messages add constraint no_poison check (content <> 'poison')`);
});
beforeEach(async () => {
  stage = await setStage(app);
});
afterEach(() => stage.stop());
afterAll(() => app.close());

const isDurable = (name: ClientEventName): boolean => events[name].durable;

/** Settled: the same twice in a row, and equal to what the server tells a newcomer. */
async function expectEqualToSnapshot(): Promise<void> {
  await expect.poll(async () => differences(stage.client.store.state, await stage.client.snapshot()), soon).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(differences(stage.client.store.state, await stage.client.snapshot())).toEqual([]);
  expect(stage.errors).toEqual([]);
}

/** Otherwise the scenario changes nothing that could be missed, and proves nothing. */
async function expectDifferent(): Promise<void> {
  const fresh = await stage.client.snapshot().catch((error) => {
    // What the client shows is not even there any more.
    if (error instanceof ApiError && error.code === 'chat_not_found') return createState();
    throw error;
  });
  expect(differences(stage.client.store.state, fresh)).not.toEqual([]);
}

test('every event has a scenario', () => {
  expect(Object.keys(scenarios).sort()).toEqual([...clientEvents].sort());
});

describe.each(clientEvents)('%s', (name) => {
  test('snapshot + events = fresh snapshot', async () => {
    const doors = await openDoors(stage);
    await expectEqualToSnapshot();
    await scenarios[name](stage);
    await expect.poll(() => stage.seen, soon).toContain(name);
    await expectEqualToSnapshot();
    await expectTold(doors, name);
    await doors.close();
  });

  test('the same, cut off meanwhile', async () => {
    await expectEqualToSnapshot();
    const since = positionsOf(stage);
    stage.line.cut();
    await expect.poll(() => stage.client.status, soon).toBe('offline');
    await scenarios[name](stage);
    if (isDurable(name)) await expectDifferent();
    stage.line.mend();
    await expect.poll(() => stage.client.status, soon).toBe('online');
    await expectEqualToSnapshot();
    if (isDurable(name)) await expectReplayed(since, name);
  });
});

/** Through each door that the event leaves by. */
async function expectTold(doors: Doors, name: ClientEventName): Promise<void> {
  for (const door of doorsOf(name)) {
    await expect.poll(() => doors.told()[door], { ...soon, message: `told by ${door}` }).toContain(name);
  }
}

/** A plain connection that resumes is told it as well, exactly as the contract says. */
async function expectReplayed(positions: object, name: ClientEventName): Promise<void> {
  const live = await openLive(app.url, stage.ann.token);
  await live.ask({ type: 'resume', positions });
  const isGone = name === 'chat.deleted';
  if (!isGone) expect(live.events.map((event) => event.name)).toContain(name);
  await live.close();
}
