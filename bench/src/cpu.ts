import { readdirSync, readFileSync } from 'node:fs';

/** Fields of proc(5)'s stat behind the name: parent, and ticks in user and kernel mode. A tick is 10 ms. */
const parent = 1;
const userTicks = 11;
const systemTicks = 12;
const microsPerTick = 10_000;

function statOf(pid: number | string): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const cpuIn = (stat: readonly string[]): number =>
  (Number(stat[userTicks]) + Number(stat[systemTicks])) * microsPerTick;

/** CPU microseconds that a process has used so far; NaN where the system does not tell. */
export function cpuOf(pid: number): number {
  return process.platform === 'linux' ? cpuIn(statOf(pid)) : Number.NaN;
}

/** The same for a process and its living children: PostgreSQL with its sessions. */
export function cpuOfFamily(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  let sum = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = statOf(entry);
      if (Number(entry) === pid || Number(stat[parent]) === pid) sum += cpuIn(stat);
    } catch (error) {
      // It ended between the listing and the reading.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return sum;
}
