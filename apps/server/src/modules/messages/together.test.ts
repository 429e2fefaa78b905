import { expect, test } from 'vitest';
import type { Session } from '../../db/pipeline.ts';
import type { Outcome, SendCommand, StoreBatch } from './queue.ts';
import { storeTogether } from './together.ts';

const command = (id: string): SendCommand => ({
  id,
  chatId: 'chat',
  senderId: 's',
  userId: 'u',
  content: '',
});
const commands = (...ids: string[]) => ids.map(command);
const session = {} as Session;

/** Stores when it is told to; what is poisoned fails whatever it is stored with. */
function createStore() {
  const batches: string[] = [];
  let gate = Promise.withResolvers<void>();
  const store: StoreBatch = async (taken, guard) => {
    batches.push(taken.map(({ id }) => id).join(''));
    await gate.promise;
    await guard?.(session);
    if (taken.some(({ id }) => id === 'x')) throw new Error('poisoned');
    return new Map(taken.map(({ id }, index): [string, Outcome] => [id, { kind: 'stored', sequence: index + 1 }]));
  };
  return {
    store,
    batches,
    open: () => gate.resolve(),
    shut: () => {
      gate = Promise.withResolvers<void>();
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what comes while a batch is under way is stored by the next, together and in order', async () => {
  const { store, batches, open } = createStore();
  const together = storeTogether(store, { atOnce: 1 });
  const first = together(commands('a', 'b'));
  await turn();
  const others = [together(commands('c')), together(commands('d', 'e'))];
  open();
  expect((await first).get('b')).toEqual({ kind: 'stored', sequence: 2 });
  // Each is told of its own: who counts what it stored would count the others' as well.
  expect((await Promise.all(others)).map((outcomes) => [...outcomes.keys()])).toEqual([['c'], ['d', 'e']]);
  expect(batches).toEqual(['ab', 'cde']);
});

test('as many transactions are under way as may be, each with at most so many commands', async () => {
  const { store, batches, open } = createStore();
  const together = storeTogether(store, { atOnce: 2, most: 3 });
  const all = ['ab', 'c', 'de', 'fghij', 'k'].map((ids) => together(commands(...ids)));
  await turn();
  await turn();
  expect(batches).toEqual(['abc', 'de']);
  open();
  await Promise.all(all);
  expect(batches).toEqual(['abc', 'de', 'fghij', 'k']);
});

test('what is wrong with one partition is its own', async () => {
  const { store, batches, open } = createStore();
  const together = storeTogether(store, { atOnce: 1 });
  const fenced = () => Promise.reject(new Error('fenced'));
  let guarded = 0;
  const fine = together(commands('a'), async () => {
    guarded += 1;
  });
  const results = Promise.allSettled([together(commands('x')), together(commands('b'), fenced)]);
  open();
  expect((await fine).has('a')).toBe(true);
  expect(await results).toMatchObject([{ reason: { message: 'poisoned' } }, { reason: { message: 'fenced' } }]);
  expect(batches).toEqual(['axb', 'a', 'x', 'b']);
  expect(guarded).toBe(2);
});

test('a guard runs for each partition that has one', async () => {
  const { store, open } = createStore();
  const together = storeTogether(store);
  const seen: string[] = [];
  const guard = (name: string) => async () => void seen.push(name);
  open();
  await Promise.all([
    together(commands('a'), guard('one')),
    together(commands('b')),
    together(commands('c'), guard('three')),
  ]);
  expect(seen).toEqual(['one', 'three']);
});
