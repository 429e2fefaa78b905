import { AppError } from '@parley/contract';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, describe, expect, test } from 'vitest';
import type { Guard, Outcome, Queue, SendCommand, StoreBatch } from '../../modules/messages/queue.ts';

/** One end of a queue, with a place to store for whoever empties it. */
export interface QueueEnd {
  queue: Queue;
  /** Runs the guard as the real worker does. */
  runGuard(guard: Guard | undefined): Promise<void>;
  close(): Promise<void>;
}

export interface QueueSuiteOptions {
  /** At most so many are stored together. */
  batch: number;
  /** True: what could not be stored is tried again by itself. False: its sender hears that it was not accepted. */
  keepsTrying: boolean;
}

export function buildCommand(chatId: string, content = 'hello'): SendCommand {
  return { id: uuidv7(), chatId, senderId: uuidv7(), userId: uuidv7(), content };
}

/** A worker that stores in memory: what it was handed, in order. */
export function createRecorder(end: Pick<QueueEnd, 'runGuard'>) {
  const batches: SendCommand[][] = [];
  const active = new Map<string, number>();
  const recorder = {
    batches,
    ids: (chatId: string) => [...new Set(batches.flat().flatMap((one) => (one.chatId === chatId ? [one.id] : [])))],
    overlaps: 0,
    /** Called before anything is stored. */
    before: async (_commands: readonly SendCommand[]): Promise<void> => {},
    store: (async (commands, guard) => {
      enter(commands);
      try {
        await recorder.before(commands);
        await end.runGuard(guard);
        batches.push([...commands]);
        return new Map(commands.map((one): [string, Outcome] => [one.id, outcomeOf(one)]));
      } finally {
        for (const { chatId } of commands) active.set(chatId, active.get(chatId)! - 1);
      }
    }) satisfies StoreBatch as StoreBatch,
  };
  function enter(commands: readonly SendCommand[]): void {
    for (const { chatId } of commands) active.set(chatId, (active.get(chatId) ?? 0) + 1);
    for (const chatId of new Set(commands.map((one) => one.chatId)))
      if (active.get(chatId)! > commands.filter((one) => one.chatId === chatId).length) recorder.overlaps += 1;
  }
  const outcomeOf = (command: SendCommand): Outcome =>
    command.content === 'refused'
      ? { kind: 'discarded', code: 'message_discarded' }
      : { kind: 'stored', sequence: batches.flat().length };
  return recorder;
}

export async function until(isTrue: () => boolean | Promise<boolean>, waitMs = 20_000): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What every queue keeps. `open` gives an empty queue of its own. */
export function queueSuite(name: string, open: () => Promise<QueueEnd>, options: QueueSuiteOptions): void {
  describe(`queue: ${name}`, () => {
    const ends: QueueEnd[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0)) await end.close();
    });

    async function start() {
      const end = await open();
      ends.push(end);
      const recorder = createRecorder(end);
      return { ...end, recorder, consume: () => end.queue.consume({ store: recorder.store, report: () => {} }) };
    }

    test('stores what was accepted, each chat in its order, one batch at a time', async () => {
      const { queue, recorder, consume } = await start();
      consume();
      const chats = Array.from({ length: 20 }, () => uuidv7());
      const sent = new Map(chats.map((chatId) => [chatId, Array.from({ length: 30 }, () => buildCommand(chatId))]));
      await Promise.all(
        [...sent.values()].map(async (commands) => {
          for (const command of commands) await queue.accept(command);
        }),
      );
      await until(() => recorder.batches.flat().length >= 600);
      for (const [chatId, commands] of sent) expect(recorder.ids(chatId)).toEqual(commands.map((one) => one.id));
      expect(recorder.batches.flat()).toHaveLength(600);
      expect(recorder.overlaps).toBe(0);
      await until(() => queue.depth() === 0);
    });

    test('stores together what waits, up to the bound', async () => {
      const { queue, recorder, consume } = await start();
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      recorder.before = () => held;
      consume();
      const chatId = uuidv7();
      const accepted = Promise.all(Array.from({ length: 100 }, () => queue.accept(buildCommand(chatId))));
      await until(() => queue.depth() >= Math.min(100, options.batch));
      release();
      await accepted;
      await until(() => recorder.batches.flat().length === 100);
      const sizes = recorder.batches.map((batch) => batch.length);
      expect(Math.max(...sizes)).toBe(options.batch);
    });

    test('a store that fails for a while changes no order and loses nothing that was accepted', async () => {
      const { queue, recorder, consume } = await start();
      let failures = 0;
      recorder.before = async () => {
        if (failures >= 3) return;
        failures += 1;
        throw new Error('the database is away');
      };
      consume();
      const chatId = uuidv7();
      const accepted: string[] = [];
      for (let index = 0; index < 20; index += 1) {
        const command = buildCommand(chatId);
        const refusal = await queue.accept(command).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (refusal === undefined) accepted.push(command.id);
        else expect((refusal as AppError).code).toBe('unavailable');
      }
      expect(accepted).toHaveLength(options.keepsTrying ? 20 : 17);
      await until(() => recorder.batches.flat().length >= accepted.length);
      expect(recorder.ids(chatId)).toEqual(accepted);
    });

    test('tells what became of a command to whoever waits', async () => {
      const { queue, consume } = await start();
      consume();
      const [stored, refused] = [buildCommand(uuidv7()), buildCommand(uuidv7(), 'refused')];
      const outcomes = [queue.outcome(stored, 10_000), queue.outcome(refused, 10_000)];
      await Promise.all([queue.accept(stored), queue.accept(refused)]);
      expect(await outcomes[0]).toMatchObject({ kind: 'stored' });
      expect(await outcomes[1]).toEqual({ kind: 'discarded', code: 'message_discarded' });
      expect(await queue.outcome(buildCommand(uuidv7()), 50)).toBeUndefined();
    });

    test('finishes what it was handed before it closes, and accepts nothing then', async () => {
      const { queue, recorder, consume } = await start();
      consume();
      await Promise.all(Array.from({ length: 50 }, () => queue.accept(buildCommand(uuidv7()))));
      await until(() => recorder.batches.flat().length === 50);
      await queue.close();
      await expect(queue.accept(buildCommand(uuidv7()))).rejects.toBeInstanceOf(AppError);
    });
  });
}
