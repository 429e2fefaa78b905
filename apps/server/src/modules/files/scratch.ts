import { randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headLength } from './kinds.ts';

/** What has come of a stream. `broken`: it ended before its end; what came is there. */
export interface Received {
  path: string;
  size: number;
  head: Buffer;
  end: 'whole' | 'broken' | 'too_large';
}

/** Local files for as long as they are worked on. Bytes of any number are never held in memory. */
export interface Scratch {
  /** Writes a stream to a file, `maxBytes` of it at most. */
  receive(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Received>;
  /** The name of a file that is not there yet. */
  fresh(): Promise<string>;
  drop(...paths: (string | undefined)[]): Promise<void>;
  close(): Promise<void>;
}

const prefix = 'parley-files-';

/** Of this process, by its number. */
async function makeFolder(): Promise<string> {
  // Those of another user stay: nothing depends on it.
  await removeLeft().catch(() => undefined);
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
}

/** What killed processes have left. */
async function removeLeft(): Promise<void> {
  const left = (await readdir(tmpdir())).filter((name) => {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  await Promise.allSettled(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function createScratch(): Scratch {
  let folder: Promise<string> | undefined;

  async function fresh(): Promise<string> {
    folder ??= makeFolder();
    return join(await folder, randomUUID());
  }

  return {
    fresh,
    async receive(stream, maxBytes) {
      const path = await fresh();
      const file = await open(path, 'wx', 0o600);
      const received: Received = { path, size: 0, head: Buffer.alloc(0), end: 'whole' };
      try {
        received.end = await copy(stream, maxBytes, async (bytes) => {
          if (received.head.length < headLength)
            received.head = Buffer.concat([received.head, bytes.subarray(0, headLength - received.head.length)]);
          await file.appendFile(bytes);
          received.size += bytes.length;
        });
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
      return received;
    },
    async drop(...paths) {
      for (const path of paths) if (path !== undefined) await rm(path, { force: true });
    },
    async close() {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

async function copy(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<Received['end']> {
  let left = maxBytes;
  const source = stream[Symbol.asyncIterator]();
  for (;;) {
    // Only the stream's own end is an answer; a disk that is full is a fault.
    const next = await source.next().catch(() => undefined);
    if (next === undefined) return 'broken';
    if (next.done) return 'whole';
    if (next.value.length > left) {
      await source.return?.();
      return 'too_large';
    }
    await write(next.value);
    left -= next.value.length;
  }
}
