import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../apps/server/src/testing/app.ts';
import { randomWalk } from '../../packages/client/src/testing/random-walk.ts';

/** WALK_MINUTES=20 walks for longer; SEED=1 repeats the choices of a walk. */
const minutes = Number(process.env.WALK_MINUTES ?? 0.25);
const settleMs = 90_000;

describe('a random walk through a bad network', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app?.close());

  it(
    'ends with every client showing what the server has',
    async () => {
      const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
      console.log(`random walk: SEED=${seed}`);
      const { differences, faults, actions } = await randomWalk({ url: app.url, seed, forMs: minutes * 60_000 });
      expect(faults).toEqual([]);
      expect(differences).toEqual([]);
      expect(actions).toBeGreaterThan(minutes * 60);
    },
    minutes * 60_000 + settleMs,
  );
});
