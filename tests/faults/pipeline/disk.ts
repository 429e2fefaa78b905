import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A small disk that can be filled. */
export interface SmallDisk {
  fill(): void;
  free(): void;
  remove(): void;
}

const size = '400m';

/** Mounts memory as a disk at the folder. Undefined where this user may not mount. */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  const remove = (): void => {
    process.off('exit', remove);
    execFileSync('umount', ['-l', folder]);
  };
  // Also when the run is interrupted.
  process.once('exit', remove);
  return {
    fill() {
      const file = openSync(ballast, 'w');
      const block = Buffer.alloc(64 * 1024, 1);
      try {
        while (writeSync(file, block) > 0);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove,
  };
}
