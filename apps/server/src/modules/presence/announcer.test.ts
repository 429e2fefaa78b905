import type { EventPayload } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { type Announcer, createAnnouncer } from './announcer.ts';
import type { State } from './roster.ts';
import { buildUser } from './testing/stage.ts';

let database: TestDatabase;
let ada: string;
let told: string[];
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  ada = await buildUser(database.db);
  told = [];
});
afterAll(() => database.drop());

const open = (isShared: boolean): Announcer =>
  createAnnouncer({
    db: database.db,
    clock: Date.now,
    isShared,
    publish: ({ data }) => told.push((data as EventPayload<'presence.updated'>).state),
    onError: (error) => {
      throw error;
    },
  });

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const note = (announcer: Announcer, from: State, to: State): void =>
  announcer.note({ userId: ada, from, to, goneAt: to === 'offline' ? Date.now() : undefined });

/** Gone and back before anybody was told. */
async function flicker(announcer: Announcer, look = () => {}): Promise<void> {
  note(announcer, 'offline', 'online');
  await announcer.settled();
  note(announcer, 'online', 'offline');
  look();
  note(announcer, 'offline', 'online');
  await announcer.settled();
}

test('who was gone for a moment that nobody saw is not told of', async () => {
  await flicker(open(false));
  expect(told).toEqual(['online']);
});

test('whoever was shown that moment is told how it ended', async () => {
  const announcer = open(false);
  await flicker(announcer, () => announcer.shown([ada], new Map()));
  expect(told).toEqual(['online', 'online']);
  await flicker(announcer);
  expect(told, 'once').toEqual(['online', 'online']);
});

test('whoever is shown that moment when it is over already is told so', async () => {
  const announcer = open(false);
  await flicker(announcer);
  for (let looks = 0; looks < 20; looks += 1) {
    announcer.shown([ada], new Map());
    await pause(1);
  }
  await announcer.settled();
  expect(told, 'once, however many look').toEqual(['online', 'online']);
  announcer.shown([ada], new Map([[ada, 'online']]));
  await announcer.settled();
  expect(told, 'what is as it was told is not told again').toEqual(['online', 'online']);
});

test('whoever was shown news before they were told is told once', async () => {
  const announcer = open(false);
  note(announcer, 'offline', 'online');
  await announcer.settled();
  announcer.shown([ada], new Map());
  await pause(50);
  note(announcer, 'online', 'offline');
  await announcer.settled();
  expect(told).toEqual(['online', 'offline']);
});

test('where others show people as well, somebody may always have seen it', async () => {
  await flicker(open(true));
  expect(told).toEqual(['online', 'online']);
});
