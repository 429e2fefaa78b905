import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startTime } from './processes.ts';

const tries = 4;
const touchEvery = 2_000;
/** A claim from another machine or container that was not touched for this long is dead. */
const untouchedFor = 15_000;

/**
 * Makes this process the only owner of a data folder, or refuses.
 *
 * Every process writes a claim of its own before it looks at the others', so of two that come together at least one sees
 * the other: never do both go on. Both may step back; they try again after a random while. A claim names one process by
 * number and start time, so the claim of a dead one can be removed by anybody at any time, also after kill -9. Numbers
 * of another container mean nothing here; such a claim lives as long as it is touched.
 */
export async function ownDataFolder(dataDir: string): Promise<{ release(): Promise<void> }> {
  const folder = join(dataDir, 'owner');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const claim = await writeClaim(folder);
    const other = await liveClaim(folder, claim.name);
    if (other === undefined) return claim;
    await claim.release();
    if (attempt === tries) throw new DataFolderInUse(dataDir, other);
    await sleep(20 + Math.random() * 60);
  }
}

/** Who owns a data folder now, if anybody does. */
export async function ownerOf(dataDir: string): Promise<string | undefined> {
  try {
    return await liveClaim(join(dataDir, 'owner'), '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export class DataFolderInUse extends Error {
  constructor(dataDir: string, owner: string) {
    super(
      `Another Parley (${owner}) is using the data folder ${dataDir}. Stop it, or give this one another folder with ` +
        'PARLEY_DATA. Several instances on the same data need DATABASE_URL.',
    );
  }
}

async function writeClaim(folder: string): Promise<{ name: string; release(): Promise<void> }> {
  const name = [process.pid, startTime(process.pid), machine(), randomBytes(4).toString('hex')].join('-');
  const file = join(folder, name);
  await writeFile(file, '');
  const touch = () => utimes(file, new Date(), new Date()).catch(() => {});
  const timer = setInterval(touch, touchEvery).unref();
  const release = async () => {
    clearInterval(timer);
    await rm(file, { force: true });
  };
  return { name, release };
}

/** Who else claims the folder; claims of the dead are removed on the way. */
async function liveClaim(folder: string, own: string): Promise<string | undefined> {
  for (const claim of await readdir(folder)) {
    if (claim === own) continue;
    const [pid, started, where] = claim.split('-');
    const isHere = where === machine();
    const alive = isHere
      ? isAlive(Number(pid)) && startTime(Number(pid)) === started
      : await isTouched(join(folder, claim));
    if (alive) return isHere ? `process ${pid}` : `process ${pid} on another machine or in another container`;
    await rm(join(folder, claim), { force: true });
  }
  return undefined;
}

/** Waits until the claim is touched again or old enough to be dead. */
async function isTouched(file: string): Promise<boolean> {
  const touchedAt = () =>
    stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  const first = await touchedAt();
  const end = Math.min(first ?? 0, Date.now()) + untouchedFor;
  while (Date.now() < end) {
    const now = await touchedAt();
    if (now === undefined) return false;
    if (now !== first) return true;
    await sleep(250);
  }
  return false;
}

/** Processes of one running system and one set of process numbers (a container has its own) can be told alive from dead by number. */
function machine(): string {
  let name = hostname();
  if (process.platform === 'linux')
    name = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8') + readlinkSync('/proc/self/ns/pid');
  return createHash('sha256').update(name).digest('hex').slice(0, 12);
}
