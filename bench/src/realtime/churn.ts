import { type Program, startProgram } from '../programs.ts';
import { printTable, show } from '../report.ts';
import { median, ratio } from '../stats.ts';
import type { ChurnLoad } from './load/churn.ts';
import { type Peer, startPeer, startPeerOver } from './peers.ts';
import type { Sizes } from './sizes.ts';

const clients = 200;
const loads = [
  { title: `among 1,000 rooms`, rooms: 1000 },
  { title: 'another room each time', rooms: 0 },
];

interface Side {
  peer: Peer;
  load: Program<ChurnLoad>;
}

interface Figures {
  rate: number[];
  cost: number[];
}

/** Joins and leaves as fast as they are answered, 200 connections with one under way each. */
export async function benchChurn(sizes: Sizes, redisUrl: string | undefined): Promise<void> {
  const peers = [await startPeer('parley'), await startPeer('plain-ws'), await startPeer('socket-io')];
  if (redisUrl !== undefined)
    peers.push(await startPeerOver(redisUrl, 'parley'), await startPeerOver(redisUrl, 'socket-io'));
  const sides = await Promise.all(peers.map(gather));
  for (const { title, rooms } of loads) report(title, sizes, sides, await measure(sides, sizes, rooms));
  for (const { peer, load } of sides) await Promise.all([load.stop(), peer.program.stop()]);
}

async function gather(peer: Peer): Promise<Side> {
  const load = await startProgram<ChurnLoad>(new URL('./load/churn.ts', import.meta.url));
  const { port, path, hello, greetings, dialect } = peer;
  await load.call('connect', { port, path, greetings, count: clients, ...(hello === undefined ? {} : { hello }) });
  await load.call('churn', { dialect, changes: 4 * clients, rooms: 1000 });
  return { peer, load };
}

async function measure(sides: readonly Side[], { rounds, changes }: Sizes, rooms: number): Promise<Figures[]> {
  const figures = sides.map((): Figures => ({ rate: [], cost: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { peer, load }] of sides.entries()) {
      const before = await peer.program.call('cpuMicros', {});
      const { seconds } = await load.call('churn', { dialect: peer.dialect, changes, rooms });
      figures[index]?.rate.push(changes / seconds);
      figures[index]?.cost.push(((await peer.program.call('cpuMicros', {})) - before) / changes);
    }
  }
  return figures;
}

function report(title: string, { rounds }: Sizes, sides: readonly Side[], figures: readonly Figures[]): void {
  const parley = figures[0] as Figures;
  printTable(
    `Join and leave: ${title} (${clients} connections, median of ${rounds} rounds)`,
    ['', 'changes/s', 'Parley is', 'server CPU µs each', 'by CPU Parley is'],
    sides.map(({ peer }, index) => {
      const { rate, cost } = figures[index] as Figures;
      const times = [ratio(parley.rate, rate), ratio(cost, parley.cost)].map((value) => `${show(value)} x`);
      return [peer.name, median(rate), times[0] as string, median(cost), times[1] as string];
    }),
  );
}
