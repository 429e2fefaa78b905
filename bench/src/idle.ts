import { crowdAt, type NodeContender, names, startParley, startSocketIo, startWs } from './contenders.ts';
import type { Receiver } from './load/receiver.ts';
import { type Program, startProgram } from './programs.ts';
import { printTable, show } from './report.ts';
import type { ServerCalls } from './servers/resources.ts';

/**
 * Connected before the count begins: what a process allocates once is not a connection's. V8's young generation alone
 * grows by tens of megabytes while the first thousands sign in, on every contender.
 */
const warmUp = 4000;
/** One ping of each connection falls into it. */
const watchMs = 25_000;

interface Figures {
  name: string;
  bytes: number;
  live: number;
  cpu: number;
}

const receiverFile = new URL('./load/receiver.ts', import.meta.url);

interface Side {
  receiver: Program<Receiver>;
  server: NodeContender;
}

export async function benchIdle(counts: readonly number[] = [5000, 15_000]): Promise<void> {
  for (const count of counts) {
    const options = { nodeOptions: ['--expose-gc'], args: { users: warmUp + count } };
    const sides: Side[] = [];
    const figures: Figures[] = [];
    for (const start of [startParley, startWs, startSocketIo]) {
      const side = { receiver: await startProgram<Receiver>(receiverFile), server: await start(options) };
      sides.push(side);
      figures.push({ name: side.server.name, ...(await fill(side, count)), cpu: Number.NaN });
    }
    // All at once: they hardly do anything.
    const cpu = await Promise.all(sides.map(({ server }) => watch(server.program, warmUp + count)));
    report(
      count,
      figures.map((row, index) => ({ ...row, cpu: cpu[index] as number })),
    );
    await Promise.all(sides.map(end));
  }
}

async function fill({ receiver, server }: Side, count: number): Promise<{ bytes: number; live: number }> {
  await receiver.call('gather', crowdAt(server, warmUp));
  const before = await memoryOf(server.program);
  await receiver.call('gather', crowdAt(server, count, warmUp));
  const after = await memoryOf(server.program);
  return { bytes: (after.resident - before.resident) / count, live: (after.live - before.live) / count };
}

async function end({ receiver, server }: Side): Promise<void> {
  const lost = await receiver.call('lost', { name: server.name });
  if (lost > 0) throw new Error(`${server.name} closed ${lost} idle connections`);
  await Promise.all([receiver.stop(), server.stop()]);
}

async function memoryOf(program: Program<ServerCalls>): Promise<{ resident: number; live: number }> {
  return { resident: await program.call('residentBytes', {}), live: await program.call('liveBytes', {}) };
}

/** CPU microseconds a second for each connection that does nothing. */
async function watch(program: Program<ServerCalls>, connections: number): Promise<number> {
  const before = await program.call('cpuMicros', {});
  await new Promise((resolve) => setTimeout(resolve, watchMs));
  return ((await program.call('cpuMicros', {})) - before) / (watchMs / 1000) / connections;
}

function report(count: number, figures: readonly Figures[]): void {
  const plain = figures.find(({ name }) => name === names.ws);
  const times = (part: number, whole = Number.NaN) => `${show(part / whole)} x`;
  printTable(
    `Idle: ${count} connections more, signed in, in 20 chats of 50 members (ws: in none, no pings)`,
    ['', 'resident bytes each', 'of a bare ws', 'live bytes each', 'of a bare ws', 'CPU µs/s each'],
    figures.map(({ name, bytes, live, cpu }) => [
      name,
      bytes,
      times(bytes, plain?.bytes),
      live,
      times(live, plain?.live),
      cpu,
    ]),
  );
}
