import { expect, test } from 'vitest';
import { newStream, scan, serverFrame } from './frames.ts';

test.each([1, 2, 3, 7, 1000, 100_000])('frames are counted wherever the stream is cut (every %i bytes)', (size) => {
  const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(70_000), 'e'];
  const bytes = Buffer.concat(texts.map(serverFrame));
  const lengths: number[] = [];
  const stream = newStream();
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    scan(stream, part, part.length, (_opcode, length) => lengths.push(length));
  }
  expect(lengths).toEqual(texts.map((text) => text.length));
});
