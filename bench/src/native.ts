import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('../native/fanout.c', import.meta.url));

export interface NativeServer {
  port: number;
  control: number;
  stop(): Promise<void>;
}

/** The loop in C, compiled now. Undefined where there is no C compiler, or no epoll. */
export async function startNative(): Promise<NativeServer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const program = join(folder, 'fanout');
  try {
    await promisify(execFile)('cc', ['-O2', '-D_GNU_SOURCE', '-o', program, source]);
  } catch (error) {
    console.log(`skipped: the C loop (${(error as Error).message.split('\n', 1)[0]})`);
    await rm(folder, { recursive: true });
    return undefined;
  }
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [ports] = (await once(child.stdout, 'data')) as [Buffer];
  const [port = 0, control = 0] = ports.toString().trim().split(' ').map(Number);
  return {
    port,
    control,
    async stop() {
      if (child.exitCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true });
    },
  };
}
