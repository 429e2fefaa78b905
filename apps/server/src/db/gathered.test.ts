import { expect, test } from 'vitest';
import { gathered } from './gathered.ts';

test('what is asked for while a read is under way is read together by the next', async () => {
  const reads: number[][] = [];
  const double = gathered(async (keys: readonly number[]) => {
    reads.push([...keys]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return keys.map((key) => key * 2);
  });
  const first = double(1);
  await Promise.resolve();
  const rest = [double(2), double(3)];
  await expect(Promise.all([first, ...rest])).resolves.toEqual([2, 4, 6]);
  expect(reads).toEqual([[1], [2, 3]]);
});

test('one read that fails fails those it was for, and no others', async () => {
  let count = 0;
  const read = gathered(async (keys: readonly string[]) => {
    count += 1;
    if (count === 1) throw new Error('away');
    return keys;
  });
  await expect(read('a')).rejects.toThrow('away');
  await expect(read('b')).resolves.toBe('b');
});

test('no more than so many at once', async () => {
  const sizes: number[] = [];
  const read = gathered(async (keys: readonly number[]) => {
    sizes.push(keys.length);
    return keys;
  }, 3);
  await Promise.all(Array.from({ length: 7 }, (_, key) => read(key)));
  expect(sizes).toEqual([3, 3, 1]);
});
