import { startProgram } from '../programs.ts';
import { printTable } from '../report.ts';
import type { HearingLoad } from './load/hearing.ts';
import { type Peer, startPeerOver } from './peers.ts';
import type { Sizes } from './sizes.ts';

const roomsEach = 100;
const clientsEach = 500;

/** As instances grow, each with rooms that no other has and just as much said in them: what Redis sends to each. */
export async function benchInstances(sizes: Sizes, redisUrl: string): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const dialect of ['parley', 'socket-io'] as const) {
    for (const count of [1, 2, 4]) rows.push(await measure(dialect, count, sizes.turns, redisUrl));
  }
  const what = `${roomsEach} rooms and ${clientsEach} connections each, ${sizes.turns} events in each room`;
  printTable(
    `Instances with disjoint interest over one Redis: ${what}, from one instance more`,
    ['', 'instances', 'published in all', 'received by each', 'CPU ms of each', 'CPU µs a delivery'],
    rows,
  );
}

async function measure(dialect: 'parley' | 'socket-io', count: number, turns: number, redisUrl: string) {
  const load = await startProgram<HearingLoad>(new URL('./load/hearing.ts', import.meta.url));
  const publisher = await startPeerOver(redisUrl, dialect);
  const peers: Peer[] = [];
  for (let first = 0; first < count * roomsEach; first += roomsEach)
    peers.push(await startPeerOver(redisUrl, dialect, { rooms: roomsEach, first }));
  for (const { port, path, hello, greetings } of peers)
    await load.call('connect', {
      port,
      path,
      greetings,
      count: clientsEach,
      ...(hello === undefined ? {} : { hello }),
    });
  const speak = async (turn: number) => {
    const heard = load.call('hear', { frames: clientsEach * count });
    await publisher.program.call('publish', { rooms: roomsEach * count });
    await Promise.race([heard, lateAfter(20_000, `${publisher.name}: turn ${turn} did not reach everybody`)]);
  };
  await speak(0);
  const before = await usageOf(peers);
  for (let turn = 1; turn <= turns; turn += 1) await speak(turn);
  const after = await usageOf(peers);
  for (const program of [load, publisher.program, ...peers.map((peer) => peer.program)]) await program.stop();
  const received = (after.received - before.received) / count;
  const cpu = (after.cpu - before.cpu) / count;
  return [
    publisher.name,
    String(count),
    (turns * roomsEach * count).toLocaleString('en'),
    received.toLocaleString('en'),
    cpu / 1000,
    cpu / (turns * clientsEach),
  ];
}

async function usageOf(peers: readonly Peer[]): Promise<{ received: number; cpu: number }> {
  let [received, cpu] = [0, 0];
  for (const { program } of peers) {
    received += await program.call('received', {});
    cpu += await program.call('cpuMicros', {});
  }
  return { received, cpu };
}

function lateAfter(milliseconds: number, message: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(reject, milliseconds, new Error(message)).unref());
}
