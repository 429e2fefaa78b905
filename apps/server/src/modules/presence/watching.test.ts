import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import {
  buildChat,
  buildListener,
  buildUser,
  createStage,
  type Listener,
  type Stage,
  setPrivacy,
} from './testing/stage.ts';
import { createWatching, type Watching } from './watching.ts';

let database: TestDatabase;
let stage: Stage;
let watching: Watching;
let ada: string;
let bob: string;
let ear: Listener;
const closed = new Set<unknown>();

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  stage = createStage(database);
  const { db } = stage.database;
  ada = await buildUser(db);
  bob = await buildUser(db);
  await buildChat(db, [ada, bob], { size: 5_000 });
  ear = await stage.listen(bob);
  watching = createWatching({ ...stage, isOpen: (watcher) => !closed.has(watcher) });
});
afterEach(() => stage.close());

async function come(userId: string): Promise<void> {
  stage.connect(userId);
  await stage.presence.settled();
}

test('who is watched is told of: how they are now, then what changes', async () => {
  await watching.watch(ear, [ada]);
  expect(ear.told.map((one) => one.state)).toEqual(['offline']);
  await come(ada);
  expect(ear.told.map((one) => one.state)).toEqual(['offline', 'online']);
});

test('watching the same again tells nothing again', async () => {
  await come(ada);
  await watching.watch(ear, [ada, ada]);
  await watching.watch(ear, [ada]);
  expect(ear.states()).toHaveLength(1);
});

test('a new list takes the place of the old one', async () => {
  await watching.watch(ear, [ada]);
  await watching.watch(ear, []);
  await come(ada);
  expect(ear.told.map((one) => one.state)).toEqual(['offline']);
});

test('strangers are not told of', async () => {
  const stranger = await buildUser(stage.database.db);
  await watching.watch(ear, [stranger]);
  await come(stranger);
  expect(ear.told).toEqual([]);
});

test('those who show themselves to contacts only look gone', async () => {
  await setPrivacy(stage.database.db, ada, 'contacts');
  await come(ada);
  await watching.watch(ear, [ada]);
  expect(ear.told.map((one) => one.state)).toEqual(['offline']);
});

test('a connection that closed meanwhile stays nowhere', async () => {
  const gone = buildListener(bob);
  closed.add(gone);
  await watching.watch(gone, [ada]);
  await come(ada);
  expect(gone.told).toEqual([]);
  expect(stage.hub.isSubscribed(gone, `presence:${ada}`)).toBe(false);
});

test('whoever looks while somebody is gone for a moment is told that they are back', async () => {
  const connection = stage.connect(ada);
  await stage.presence.settled();
  const row = await database.pool.connect();
  await row.query('begin; set local idle_in_transaction_session_timeout = 0');
  // Nobody is told to be gone before that is stored, and it cannot be stored now.
  await row.query('select 1 from users where id = $1 for update', [ada]);
  stage.presence.closed(connection, true);
  try {
    await expect.poll(async () => (await stage.presence.describe(bob, [ada]))[0]?.state).toBe('offline');
    await watching.watch(ear, [ada]);
    stage.connect(ada);
  } finally {
    await row.query('commit');
    row.release();
  }
  await stage.presence.settled();
  expect(ear.told.map((one) => one.state)).toEqual(['offline', 'online']);
});

test('what is told while somebody is read outranks what was read', async () => {
  const { presence, hub } = stage;
  const describe: typeof presence.describe = async (viewerId, userIds) => {
    const read = await presence.describe(viewerId, userIds);
    await come(ada);
    return read;
  };
  watching = createWatching({ hub, presence: { canWatch: presence.canWatch, describe }, isOpen: () => true });
  await watching.watch(ear, [ada]);
  expect(ear.told.map((one) => one.state)).toEqual(['online']);
});
