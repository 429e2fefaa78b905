import {
  type Contender,
  crowdAt,
  names,
  startBare,
  startC,
  startParley,
  startSocketIo,
  startSocketIoRedis,
  startWs,
} from '../contenders.ts';
import type { Receiver } from '../load/receiver.ts';
import { type Program, startProgram } from '../programs.ts';
import { printTable, show } from '../report.ts';
import { median, ratio } from '../stats.ts';
import type { Sizes } from './sizes.ts';

/** Event sizes in hundreds of bytes, each sent alone and four in a turn. */
const loads = [
  { title: '100 B', hundreds: 1, perTurn: 1 },
  { title: '100 B, 4 waiting', hundreds: 1, perTurn: 4 },
  { title: '1 KB', hundreds: 10, perTurn: 1 },
  { title: '1 KB, 4 waiting', hundreds: 10, perTurn: 4 },
];

/** A contender with its crowd, in a process of its own: ten thousand sockets each would be too many files for one. */
interface Side {
  contender: Contender;
  receiver: Program<Receiver>;
}

/** By load: deliveries a second and CPU microseconds of the server for each, round by round. */
interface Figures {
  rate: number[][];
  cost: number[][];
}

/** Fan-out of one topic by size of event, number of subscribers, and how many events wait. */
export async function benchCrowds(sizes: Sizes, redisUrl: string | undefined): Promise<void> {
  const sides = await startSides(redisUrl);
  let gathered = 0;
  for (const crowd of sizes.crowds) {
    for (const { contender, receiver } of sides) {
      await receiver.call('gather', crowdAt(contender, crowd - gathered, gathered));
      await receiver.call('run', { name: contender.name, turns: Math.ceil(20_000 / crowd), perTurn: 1 });
    }
    gathered = crowd;
    report(crowd, sizes, sides, await measure(crowd, sizes, sides));
  }
  for (const { contender, receiver } of sides) await Promise.all([receiver.stop(), contender.stop()]);
}

async function startSides(redisUrl: string | undefined): Promise<Side[]> {
  const starts = [startParley, startBare, startC, startWs, startSocketIo];
  const contenders = await Promise.all(starts.map((start) => start()));
  if (redisUrl !== undefined) contenders.push(await startSocketIoRedis(redisUrl));
  const present = contenders.filter((contender) => contender !== undefined);
  return Promise.all(
    present.map(async (contender) => ({
      contender,
      receiver: await startProgram<Receiver>(new URL('../load/receiver.ts', import.meta.url)),
    })),
  );
}

async function measure(crowd: number, sizes: Sizes, sides: readonly Side[]): Promise<Figures[]> {
  const figures = sides.map(() => ({ rate: loads.map(() => []), cost: loads.map(() => []) }) as Figures);
  for (const [load, { hundreds, perTurn }] of loads.entries()) {
    const turns = Math.max(1, Math.round(sizes.deliveries / crowd / perTurn));
    const deliveries = crowd * turns * perTurn;
    for (const { contender, receiver } of sides) await receiver.call('carry', { name: contender.name, hundreds });
    for (let round = 0; round < sizes.rounds; round += 1) {
      for (const [index, { contender, receiver }] of sides.entries()) {
        const run = await receiver.call('run', { name: contender.name, turns, perTurn });
        figures[index]?.rate[load]?.push(deliveries / run.seconds);
        figures[index]?.cost[load]?.push((run.serverCpu / deliveries) * 1e6);
      }
    }
  }
  return figures;
}

function report(crowd: number, sizes: Sizes, sides: readonly Side[], figures: readonly Figures[]): void {
  const what = `one topic to ${crowd.toLocaleString('en')} sockets (median of ${sizes.rounds} rounds`;
  const table = (title: string, cell: (figures: Figures, load: number) => string) =>
    printTable(
      title,
      ['', ...loads.map((load) => load.title)],
      sides.map(({ contender }, side) => [
        contender.name,
        ...loads.map((_, load) => cell(figures[side] as Figures, load)),
      ]),
    );
  const parley = figures[sides.findIndex(({ contender }) => contender.name === names.parley)] as Figures;
  const beside = (values: readonly number[], times: number) => `${show(median(values))} (${show(times)} x)`;
  table(`Fan-out: deliveries/s, ${what}; in brackets: Parley's by it)`, ({ rate }, load) =>
    beside(rate[load] ?? [], ratio(parley.rate[load] ?? [], rate[load] ?? [])),
  );
  table(`Fan-out: server CPU µs a delivery, ${what}; in brackets: it by Parley's)`, ({ cost }, load) =>
    beside(cost[load] ?? [], ratio(cost[load] ?? [], parley.cost[load] ?? [])),
  );
}
