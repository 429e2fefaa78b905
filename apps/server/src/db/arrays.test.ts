import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { binaryIntegers, plainArray } from './arrays.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const read = async (type: string, value: unknown): Promise<unknown> =>
  (await database.pool.query(`select $1::${type} as value`, [value])).rows[0].value;

test.each<[string, Parameters<typeof plainArray>[0]]>([
  ['uuid[]', ['01a1f71a-d331-769e-aba9-ad45b675d58e', null]],
  ['boolean[]', [true, false]],
  ['double precision[]', [1, -2, 2 ** 53 - 1]],
  ['timestamptz[]', [new Date('2026-11-20T09:43:54.123Z')]],
  ['bigint[]', []],
])('%s comes as it was', async (type, values) => {
  expect(await read(type, plainArray(values))).toEqual(values);
});

test('what is not plain is refused, or is no more than other values', async () => {
  await expect(read('uuid[]', plainArray(['},{']))).rejects.toThrow('malformed array literal');
  await expect(read('uuid[]', plainArray(["'; drop table messages; --"]))).rejects.toThrow('invalid input syntax');
});

test('lists of integers come as one', async () => {
  expect(await read('integer[]', binaryIntegers([[1, -2], [], [2 ** 31 - 1, -(2 ** 31)]]))).toEqual([
    1,
    -2,
    2 ** 31 - 1,
    -(2 ** 31),
  ]);
  expect(await read('integer[]', binaryIntegers([]))).toEqual([]);
});
