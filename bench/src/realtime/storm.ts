import { readFileSync, writeFileSync } from 'node:fs';
import { startProgram } from '../programs.ts';
import { printTable, show } from '../report.ts';
import type { StormLoad } from './load/storm.ts';
import { type Dialect, startPeer } from './peers.ts';
import type { Sizes } from './sizes.ts';

const chatsEach = 20;
const membersEach = 50;

interface Figures {
  name: string;
  p50: number;
  p99: number;
  last: number;
  cpu: number;
  before: number;
  peak: number;
  reads: number;
}

/** Everybody is cut off, one event is written to each chat, everybody comes back at once and asks for what was missed. */
export async function benchStorm({ storm }: Sizes): Promise<void> {
  const figures: Figures[] = [];
  for (const dialect of ['parley', 'plain-ws', 'socket-io'] as const) figures.push(await measure(dialect, storm));
  const parley = figures[0] as Figures;
  printTable(
    `Reconnect storm: ${storm.toLocaleString('en')} at once, each in ${chatsEach} chats that said something meanwhile`,
    [
      '',
      'caught up: p50 s',
      'p99 s',
      'all s',
      'Parley is',
      'server CPU µs each',
      'MB before',
      'MB at most',
      'log reads',
    ],
    figures.map((row) => [
      row.name,
      row.p50 / 1000,
      row.p99 / 1000,
      row.last / 1000,
      `${show(row.last / parley.last)} x`,
      row.cpu,
      row.before / 1e6,
      row.peak / 1e6,
      row.reads,
    ]),
  );
}

async function measure(dialect: Dialect, count: number): Promise<Figures> {
  const { program, name, epoch, ...way } = await startPeer(dialect, { users: count });
  const load = await startProgram<StormLoad>(new URL('./load/storm.ts', import.meta.url));
  const clients = { ...way, count };
  const rooms = Math.ceil((count * chatsEach) / membersEach);
  await load.call('connect', clients);
  // Only who has heard something can say what it heard last.
  if (dialect === 'socket-io') {
    await program.call('publish', { rooms });
    await load.call('hear', { frames: count * chatsEach });
  }
  await load.call('cut', {});
  const before = await program.call('residentBytes', {});
  await program.call('publish', { rooms });
  forgetPeak(program.pid);
  const [cpu, reads] = [await program.call('cpuMicros', {}), await program.call('reads', {})];
  const times = await load.call('comeBack', { ...clients, dialect, epoch, missed: chatsEach });
  const figures = {
    name,
    ...times,
    cpu: ((await program.call('cpuMicros', {})) - cpu) / count,
    before,
    peak: peakOf(program.pid),
    reads: (await program.call('reads', {})) - reads,
  };
  await Promise.all([load.stop(), program.stop()]);
  return figures;
}

/** The most that was resident since `forgetPeak`, proc(5); NaN where the system does not tell. */
function peakOf(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

function forgetPeak(pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
