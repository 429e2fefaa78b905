import type { Message } from '@parley/contract';
import { expect, test } from 'vitest';
import { compare } from './compare.ts';

const chatId = 'c';
const buildHistory = (ids: readonly string[], sequences = ids.map((_, index) => index + 1)) =>
  ids.map(
    (id, index) => ({ id, sequence: sequences[index], clientMessageId: `key ${id}`, messageType: 'text' }) as Message,
  );
const buildLog = (ids: readonly string[], offsets = ids.map((_, index) => index + 1)) =>
  ids.map((messageId, index) => ({ offset: offsets[index]!, name: 'message.new', messageId }));

const all = ['a', 'b', 'c'];
const right = { acknowledged: all, history: buildHistory(all), log: buildLog(all), taken: all };

function countsOf({ acknowledged, history, log, taken }: typeof right) {
  return compare({
    ledgers: [{ chatId, by: 'ann', sent: [...acknowledged], acknowledged: [...acknowledged] }],
    histories: new Map([[chatId, history]]),
    logs: new Map([[chatId, log]]),
    receivers: [{ chatId, taken }],
  });
}

const none = { lost: 0, doubled: 0, outOfOrder: 0, holes: 0, strange: 0 };

test.for<[string, Partial<typeof right>, Partial<typeof none>]>([
  ['all is well', {}, {}],
  ['one is not stored', { acknowledged: [...all, 'd'] }, { lost: 1 }],
  ['a client missed one', { taken: ['a', 'c'] }, { lost: 1 }],
  ['a client has one twice', { taken: ['a', 'b', 'b', 'c'] }, { doubled: 1 }],
  ['a client has them in another order', { taken: ['a', 'c', 'b'] }, { outOfOrder: 1 }],
  ['they are stored in another order than acknowledged', { acknowledged: ['b', 'a', 'c'] }, { outOfOrder: 1 }],
  ['a sequence is missing', { history: buildHistory(all, [1, 2, 4]) }, { holes: 1 }],
  ['an offset is missing', { log: buildLog(all, [1, 3, 4]) }, { holes: 2 }],
  ['one was never acknowledged', { acknowledged: ['a', 'b'] }, { strange: 1 }],
  ['the log has another', { log: buildLog(['a', 'b', 'x']) }, { strange: 1 }],
])('%s', ([, difference, found]) => {
  expect(countsOf({ ...right, ...difference })).toMatchObject({ ...none, ...found });
});

test('a key that is stored under two ids is doubled', () => {
  const history = buildHistory(all).map((message) => ({ ...message, clientMessageId: 'the same' }));
  expect(countsOf({ ...right, history })).toMatchObject({ doubled: 2 });
});
