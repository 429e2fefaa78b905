import { chatTopic, clientFrames, closeCodes } from '@parley/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../apps/server/src/testing/app.ts';
import { type Live, openLive } from '../../apps/server/src/testing/live.ts';
import { type Schema, valuesOf } from './arbitraries.ts';
import { runs, seed } from './seed.ts';
import { spoiled, wild } from './wild.ts';
import { buildWorld, type World } from './world.ts';

/** What the protocol closes a connection with for what it was sent. */
const deserved: readonly number[] = [
  closeCodes.protocol_error,
  closeCodes.unauthorized,
  1002, // not as RFC 6455 has it
  1007, // not UTF-8
  1009, // larger than a frame may be
];

let app: TestApp;
let world: World;
beforeAll(async () => {
  app = await startApp();
  world = await buildWorld(app.url);
});
afterAll(() => app.close());

type Sent = object | string | Uint8Array;

const framesOf = (type: string, schema: unknown): fc.Arbitrary<Sent> => {
  const good = valuesOf(schema as Schema, { schemas: {}, ids: world.ids }).map((fields) => ({
    ...(fields as object),
    type,
  }));
  return fc.oneof(
    { weight: 2, arbitrary: good },
    {
      weight: 5,
      arbitrary: spoiled(good)
        .filter((frame) => isEchoed(type, frame))
        .map((frame) => JSON.stringify(frame)),
    },
    { weight: 1, arbitrary: good.map((frame) => ({ ...frame, ref: 7 })) },
  );
};

/** These two come back with all their fields, and answers are checked to have none that is unknown. */
function isEchoed(type: string, frame: unknown): boolean {
  const isEcho = type === 'subscribe' || type === 'unsubscribe';
  return !isEcho || Object.keys(frame ?? {}).every((key) => ['type', 'chatId', 'since', 'ref'].includes(key));
}

const noFrames: fc.Arbitrary<Sent> = fc.oneof(
  wild.map((value) => JSON.stringify(value)),
  fc.constantFrom<Sent>(
    '',
    '{',
    'null',
    '[]',
    '[{"type":"ping"}]',
    '{"type":7}',
    '{"type":"__proto__"}',
    '{"type":"constructor"}',
  ),
  fc.constantFrom<Sent>(
    '{"type":"ping","ref":{}}',
    '{"type":"ping","ref":[1]}',
    `{"type":"ping","ref":"${'r'.repeat(300)}"}`,
  ),
  fc.uint8Array({ maxLength: 300 }),
  fc.constant('x'.repeat(70_000)),
  fc.constant(JSON.stringify({ type: 'message', content: 'y'.repeat(66_000) })),
  fc.constant(`{"type":"typing","chatId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
);

/** Sends one after the other on a connection that is replaced only when the protocol closed it. */
async function bombard(frames: fc.Arbitrary<Sent>, token: () => string | undefined, numRuns: number): Promise<void> {
  let live = await openLive(app.url, token());
  const property = fc.asyncProperty(frames, async (frame) => {
    live.send(frame);
    if (!(await answers(live))) {
      expect(deserved).toContain(await live.closed);
      live = await openLive(app.url, token());
    }
    expect(live.frames.filter(({ code }) => code === 'internal')).toEqual([]);
  });
  await fc.assert(property, { seed, numRuns });
  await live.close();
}

/** Whether the next good frame is answered: false when the connection is closed instead. */
async function answers(live: Live): Promise<boolean> {
  const answer = await Promise.race([live.ask({ type: 'ping' }), live.closed]);
  if (answer === undefined) throw new Error('neither an answer nor an end');
  return typeof answer === 'object';
}

describe.each(Object.entries(clientFrames))('%s', (type, schema) => {
  test('signed in', () => bombard(framesOf(type, schema), () => world.person.token, runs));
  test('as nobody', () => bombard(framesOf(type, schema), () => undefined, Math.ceil(runs / 4)));
});

test('what is no frame at all', () => bombard(noFrames, () => world.person.token, runs));
test('what is no frame at all, as nobody', () => bombard(noFrames, () => undefined, runs));

test('many positions, of topics that are none', async () => {
  const live = await openLive(app.url, world.person.token);
  const position = { epoch: 'x', offset: 1 };
  for (const topic of [
    '',
    'chat:',
    'chat:x',
    'user:x',
    'system:sessions',
    '__proto__',
    'constructor',
    chatTopic('%'),
  ]) {
    const answer = await live.ask({ type: 'resume', positions: { [topic]: position } });
    expect(answer?.type, topic).toMatch(/^(resync|resumed)$/);
  }
  const tooMany = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`chat:${index}`, position]));
  expect(await live.ask({ type: 'resume', positions: tooMany })).toMatchObject({ code: 'validation_error' });
  await live.close();
});
