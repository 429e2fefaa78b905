import { randomUUID } from 'node:crypto';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import type { LaneRequest } from './load/lanes.ts';
import type { Sender, SendRun } from './load/sender.ts';
import { makeChat, type Person, signUp } from './people.ts';
import { startPostgres } from './postgres.ts';
import { type Program, startProgram } from './programs.ts';
import { printTable, show } from './report.ts';
import type { PlainPipe } from './servers/plain-pipe.ts';
import { median, ratio } from './stats.ts';
import { startSystem } from './system.ts';

const senders = 16;
const lanesInAll = 256;
/** `BENCH_CHATS=1,10000`: other numbers of chats than these. */
const chatCounts = (process.env.BENCH_CHATS ?? '1,64,1000').split(',').map(Number);
const rounds = 5;
const latencyRounds = 3;
const seconds = 2;
/** What a run leaves behind, such as texts to be indexed, is done before the next begins. */
const restMs = 1500;

const contenders = ['Parley REST', 'Parley /ws', 'bare pipe'] as const;
type Name = (typeof contenders)[number];

export async function benchSend(): Promise<void> {
  const postgres = await startPostgres();
  const system = await startSystem({ databaseUrl: await postgres.createDatabase('bench_parley') });
  const databaseUrl = await postgres.createDatabase('bench_plain');
  const pipe = await startProgram<PlainPipe>(new URL('./servers/plain-pipe.ts', import.meta.url), {
    args: { databaseUrl },
  });
  const generator = await startProgram<Sender>(new URL('./load/sender.ts', import.meta.url));
  try {
    await compareSends({
      what: 'Send',
      generator,
      ports: { parley: system.port, plain: await pipe.call('port', {}) },
      meter: {
        postgres: () => cpuOfFamily(postgres.pid()),
        parley: () => cpuOf(system.pid),
        plain: () => cpuOf(pipe.pid),
      },
    });
  } finally {
    await Promise.all([generator.stop(), pipe.stop(), system.stop()]);
    await postgres.stop();
  }
}

interface Comparison {
  /** Begins the titles. */
  what: string;
  generator: Program<Sender>;
  ports: { parley: number; plain: number };
  meter: Meter;
}

/** Parley over REST and over `/ws`, and the bare pipe, in turn, into each number of chats. */
export async function compareSends(comparison: Comparison): Promise<void> {
  const { generator, ports } = comparison;
  const world = await settle(ports.parley);
  for (const count of chatCounts) {
    await openTraffic(generator, ports, world, count);
    await measure(comparison, count);
    for (const name of contenders) await generator.call('close', { name: `${name} ${count}` });
  }
}

/** People and chats, made through the API: chat n belongs to sender n; the recipient is in all of them. */
interface World {
  people: Person[];
  recipient: Person;
  /** By sender. */
  chats: Map<number, string[][]>;
}

async function settle(port: number): Promise<World> {
  const people: Person[] = [];
  for (let index = 0; index < senders; index += 1) people.push(await signUp(port, `sender${index}`));
  const recipient = await signUp(port, 'recipient');
  const chats = new Map<number, string[][]>();
  for (const count of chatCounts) chats.set(count, await makeChats(port, people, recipient, count));
  return { people, recipient, chats };
}

async function makeChats(port: number, people: Person[], recipient: Person, count: number): Promise<string[][]> {
  const owner = people[0] as Person;
  if (count === 1) {
    const chat = await makeChat(port, owner, [...people.slice(1), recipient]);
    return people.map(() => [chat]);
  }
  return Promise.all(
    people.map(async (person, sender) => {
      const own: string[] = [];
      for (let index = sender; index < count; index += senders) own.push(await makeChat(port, person, [recipient]));
      return own;
    }),
  );
}

async function openTraffic(
  generator: Program<Sender>,
  ports: { parley: number; plain: number },
  { people, recipient, chats }: World,
  count: number,
): Promise<void> {
  const mine = chats.get(count) as string[][];
  const lanes = (kind: 'rest' | 'ws'): LaneRequest[] =>
    Array.from({ length: lanesInAll }, (_, lane) => {
      const sender = lane % senders;
      const mute = kind === 'ws' ? [...chats.values()].flatMap((all) => all[sender] as string[]) : [];
      return {
        port: ports.parley,
        kind,
        token: (people[sender] as Person).token,
        chats: mine[sender] as string[],
        mute,
      };
    });
  const live = { port: ports.parley, path: `/ws?token=${recipient.token}` };
  await generator.call('open', { name: `Parley REST ${count}`, lanes: lanes('rest'), recipient: live });
  await generator.call('open', { name: `Parley /ws ${count}`, lanes: lanes('ws'), recipient: live });
  const plainChats = Array.from({ length: count }, () => randomUUID());
  const plain = lanes('rest').map((lane) => ({ ...lane, port: ports.plain, chats: plainChats }));
  const recipientOfPlain = { port: ports.plain, path: '/live' };
  await generator.call('open', { name: `bare pipe ${count}`, lanes: plain, recipient: recipientOfPlain });
}

type Meter = Record<'postgres' | 'parley' | 'plain', () => number>;

/** CPU microseconds a message; what is indexed after the run included. */
type Metered = SendRun & { serverCpu: number; postgresCpu: number };

/** First as fast as it goes; then at half of what Parley's REST took, where times mean something. */
async function measure({ what, generator, meter }: Comparison, count: number): Promise<void> {
  for (const name of contenders) await generator.call('run', { name: `${name} ${count}`, seconds });
  const full = await runRounds(generator, meter, count, rounds);
  const half = median(full['Parley REST'].map((run) => run.delivered)) / 2;
  report(what, count, full, await runRounds(generator, meter, count, latencyRounds, half));
}

async function runRounds(
  generator: Program<Sender>,
  meter: Meter,
  count: number,
  repeats: number,
  rate?: number,
): Promise<Record<Name, Metered[]>> {
  const runs: Record<Name, Metered[]> = { 'Parley REST': [], 'Parley /ws': [], 'bare pipe': [] };
  for (let round = 0; round < repeats; round += 1) {
    for (const name of contenders) {
      const server = name === 'bare pipe' ? meter.plain : meter.parley;
      const before = { server: server(), postgres: meter.postgres() };
      const traffic = { name: `${name} ${count}`, seconds, ...(rate === undefined ? {} : { rate }) };
      const run = await generator.call('run', traffic);
      if (run.missing > 0) throw new Error(`${name}: ${run.missing} of ${run.sent} messages never arrived`);
      await new Promise((resolve) => setTimeout(resolve, restMs));
      const serverCpu = (server() - before.server) / run.sent;
      runs[name].push({ ...run, serverCpu, postgresCpu: (meter.postgres() - before.postgres) / run.sent });
    }
  }
  return runs;
}

function report(what: string, count: number, full: Record<Name, Metered[]>, half: Record<Name, Metered[]>): void {
  const rates = (name: Name) => full[name].map((run) => run.delivered);
  const costs = (name: Name) => full[name].map((run) => run.serverCpu + run.postgresCpu);
  const chats = count === 1 ? '1 chat' : `${count} chats`;
  printTable(
    `${what}: ${lanesInAll} senders into ${chats}, as fast as it goes (median of ${rounds} rounds)`,
    [
      '',
      'accepted/s',
      'delivered/s',
      'of the bare pipe',
      'server CPU µs each',
      'PostgreSQL CPU µs each',
      'by CPU of the bare pipe',
    ],
    contenders.map((name) => [
      name,
      median(full[name].map((run) => run.accepted)),
      median(rates(name)),
      `${show(ratio(rates(name), rates('bare pipe')))} x`,
      median(full[name].map((run) => run.serverCpu)),
      median(full[name].map((run) => run.postgresCpu)),
      `${show(ratio(costs('bare pipe'), costs(name)))} x`,
    ]),
  );
  const times = (name: Name, read: (run: SendRun) => number) => median(half[name].map(read));
  printTable(
    `${what}: ${lanesInAll} senders into ${chats}, at half of Parley's REST rate; ms after sending (median of ${latencyRounds} rounds)`,
    ['', 'accepted p50', 'p99', 'delivered p50', 'p99'],
    contenders.map((name) => [
      name,
      times(name, (run) => run.sentToAccepted.p50),
      times(name, (run) => run.sentToAccepted.p99),
      times(name, (run) => run.sentToDelivered.p50),
      times(name, (run) => run.sentToDelivered.p99),
    ]),
  );
}
