import type { AppError } from '@parley/contract';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Consumption, Outcome, StoreBatch } from '../../modules/messages/queue.ts';
import { createMemoryQueue } from './memory.ts';
import { buildCommand, queueSuite } from './queue.suite.ts';

queueSuite(
  'in process',
  async () => {
    const queue = createMemoryQueue({ batch: 16 });
    return { queue, runGuard: async () => {}, close: () => queue.close() };
  },
  { batch: 16, keepsTrying: false },
);

const storeAll: StoreBatch = async (commands) =>
  new Map(commands.map((one): [string, Outcome] => [one.id, { kind: 'stored', sequence: 1 }]));
const consumption = (store: StoreBatch): Consumption => ({ store, report: () => {} });
const codeOf = (accepting: Promise<void>): Promise<string> =>
  accepting.then(
    () => 'accepted',
    (error: AppError) => error.code,
  );

describe('in process', () => {
  test('a command is accepted when it is stored, not before', async () => {
    const queue = createMemoryQueue();
    let isAccepted = false;
    const accepting = queue.accept(buildCommand(uuidv7())).then(() => {
      isAccepted = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAccepted).toBe(false);
    queue.consume(consumption(storeAll));
    await accepting;
    expect(queue.depth()).toBe(0);
  });

  test('beyond its bound it asks for patience, and takes more once there is room', async () => {
    const queue = createMemoryQueue({ maxWaiting: 3 });
    const chatId = uuidv7();
    const waiting = [1, 2, 3].map(() => queue.accept(buildCommand(chatId)));
    const refused = await queue.accept(buildCommand(uuidv7())).catch((error: AppError) => error);
    expect(refused).toMatchObject({ code: 'overloaded', retryAfter: 1 });
    queue.consume(consumption(storeAll));
    await Promise.all(waiting);
    expect(await codeOf(queue.accept(buildCommand(chatId)))).toBe('accepted');
  });

  test('a store that throws refuses its batch and holds up nobody, of this chat or another', async () => {
    const queue = createMemoryQueue({ partitions: 1, batch: 2 });
    const [bad, good] = [uuidv7(), uuidv7()];
    queue.consume(
      consumption(async (commands, guard) => {
        if (commands.some(({ content }) => content === 'fails')) throw new Error('not now');
        return storeAll(commands, guard);
      }),
    );
    const answers = await Promise.all([
      codeOf(queue.accept(buildCommand(bad, 'fails'))),
      codeOf(queue.accept(buildCommand(bad))),
      codeOf(queue.accept(buildCommand(good))),
      codeOf(queue.accept(buildCommand(bad, 'fails'))),
      codeOf(queue.accept(buildCommand(good))),
      codeOf(queue.accept(buildCommand(bad))),
    ]);
    expect(answers).toEqual(['unavailable', 'unavailable', 'unavailable', 'unavailable', 'accepted', 'accepted']);
    expect(queue.depth()).toBe(0);
    await queue.close();
  });

  test('all who sent one id in one batch hear of it', async () => {
    const queue = createMemoryQueue();
    const command = buildCommand(uuidv7());
    const outcomes = [queue.outcome(command, 5_000), queue.outcome(command, 5_000)];
    const accepting = [queue.accept(command), queue.accept(command), queue.accept(command)];
    queue.consume(consumption(storeAll));
    await Promise.all(accepting);
    expect(await Promise.all(outcomes)).toEqual([
      { kind: 'stored', sequence: 1 },
      { kind: 'stored', sequence: 1 },
    ]);
  });

  test('closing waits for what is under way', async () => {
    const queue = createMemoryQueue();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    queue.consume(
      consumption(async (commands, guard) => {
        await held;
        return storeAll(commands, guard);
      }),
    );
    const accepting = queue.accept(buildCommand(uuidv7()));
    let isClosed = false;
    const closing = queue.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isClosed).toBe(false);
    expect(await codeOf(queue.accept(buildCommand(uuidv7())))).toBe('draining');
    release();
    await Promise.all([accepting, closing]);
  });
});
