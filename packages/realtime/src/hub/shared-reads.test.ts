import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../testing/memory-log.ts';
import { createSharedReads } from './shared-reads.ts';

function setUp(options: Parameters<typeof createSharedReads>[1] = {}) {
  const log = createMemoryLog();
  for (let count = 0; count < 5; count += 1) log.append({ topic: 'a', name: 'said', data: { count } });
  return { log, read: createSharedReads(log, options) };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a page of the log', () => {
  it('is read once for all who ask for the same place, and again for another', async () => {
    const { log, read } = setUp({ keepMs: 10_000 });
    const pages = await Promise.all(Array.from({ length: 50 }, () => read('e', 'a', 2, 10)));
    await read('e', 'a', 2, 10);
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]?.events.map(({ offset }) => offset)).toEqual([3, 4, 5]);
    expect(log.reads).toBe(1);
    await Promise.all([read('e', 'a', 3, 10), read('another epoch', 'a', 2, 10)]);
    expect(log.reads).toBe(3);
  });

  it('is read anew after its time', async () => {
    const { log, read } = setUp({ keepMs: 10 });
    await read('e', 'a', 2, 10);
    log.append({ topic: 'a', name: 'said', data: {} });
    await pause(50);
    expect((await read('e', 'a', 2, 10)).scannedTo).toBe(6);
  });

  it('is not kept where the log ends, nor where it no longer begins', async () => {
    const { log, read } = setUp({ keepMs: 10_000 });
    expect((await read('e', 'a', 5, 10)).events).toEqual([]);
    log.append({ topic: 'a', name: 'said', data: {} });
    expect((await read('e', 'a', 5, 10)).events).toHaveLength(1);
    log.trim('a', 3);
    expect((await read('e', 'a', 1, 10)).gone).toBe(true);
    expect((await read('e', 'a', 1, 10)).gone).toBe(true);
    expect(log.reads).toBe(4);
  });

  it('that could not be read is asked for again', async () => {
    let isBroken = true;
    const { log } = setUp();
    const read = createSharedReads({
      read: async (...all) => {
        if (isBroken) throw new Error('away');
        return log.read(...all);
      },
    });
    await expect(read('e', 'a', 2, 10)).rejects.toThrow('away');
    isBroken = false;
    expect((await read('e', 'a', 2, 10)).events).toHaveLength(3);
  });

  it('gives way when too much is kept', async () => {
    const { log, read } = setUp({ keepMs: 10_000, mostEvents: 4 });
    await read('e', 'a', 2, 10);
    await read('e', 'a', 3, 10);
    await read('e', 'a', 2, 10);
    expect(log.reads).toBe(3);
  });
});
