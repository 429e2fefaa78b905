import {
  type Contender,
  crowdAt,
  names,
  startBare,
  startC,
  startParley,
  startSocketIo,
  startWs,
} from './contenders.ts';
import type { Receiver, Run } from './load/receiver.ts';
import { type Program, startProgram } from './programs.ts';
import { printTable, show } from './report.ts';
import { median, ratio } from './stats.ts';

const subscribers = 1000;
const rounds = 5;
/** Events a turn, and turns a run: each run takes about a second. */
const loads = [
  { perTurn: 1, turns: 120, title: `one event at a time to ${subscribers} sockets` },
  { perTurn: 4, turns: 50, title: '4 events waiting in a turn' },
  { perTurn: 16, turns: 20, title: '16 events waiting in a turn' },
] as const;

/** Deliveries a second, and what each costs the server, by contender and round. */
interface Figures {
  rate: number[];
  cost: number[];
  receiverCost: number[];
}

export async function benchFanout(): Promise<void> {
  const receiver = await startProgram<Receiver>(new URL('./load/receiver.ts', import.meta.url));
  const started = [await startParley(), await startBare(), await startC(), await startSocketIo(), await startWs()];
  const contenders = started.filter((contender) => contender !== undefined);
  try {
    for (const contender of contenders) {
      await receiver.call('gather', crowdAt(contender, subscribers));
      await receiver.call('run', { name: contender.name, turns: 40, perTurn: 1 });
    }
    for (const load of loads) report(load.title, await measure(receiver, contenders, load));
  } finally {
    await Promise.all([receiver.stop(), ...contenders.map((contender) => contender.stop())]);
  }
}

async function measure(
  receiver: Program<Receiver>,
  contenders: readonly Contender[],
  load: { perTurn: number; turns: number },
): Promise<Map<string, Figures>> {
  const figures = new Map(contenders.map(({ name }) => [name, { rate: [], cost: [], receiverCost: [] } as Figures]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name } of contenders) {
      const run = await receiver.call('run', { name, ...load });
      note(figures.get(name) as Figures, run, subscribers * load.turns * load.perTurn);
    }
  }
  return figures;
}

function note(figures: Figures, run: Run, deliveries: number): void {
  figures.rate.push(deliveries / run.seconds);
  figures.cost.push((run.serverCpu / deliveries) * 1e6);
  figures.receiverCost.push((run.receiverCpu / deliveries) * 1e6);
}

function report(title: string, figures: Map<string, Figures>): void {
  const parley = figures.get(names.parley) as Figures;
  const heads = ['', 'deliveries/s', 'Parley is', 'server CPU µs each', 'by CPU Parley is', 'receiver CPU µs each'];
  const rows = [...figures].map(([name, { rate, cost, receiverCost }]) => [
    name,
    median(rate),
    `${show(ratio(parley.rate, rate))} x`,
    median(cost),
    `${show(ratio(cost, parley.cost))} x`,
    median(receiverCost),
  ]);
  printTable(`Fan-out: ${title} (median of ${rounds} rounds)`, heads, rows);
}
