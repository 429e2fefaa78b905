import type { Cut } from '../../support/proxy.ts';
import type { Random } from '../../support/random.ts';
import { sleep, until } from '../../support/until.ts';
import { type Service, type Stage, services } from './stage.ts';
import { words } from './words.ts';

/** Something that goes wrong and is put right again; its healing is the matter of the programs. */
export interface Fault {
  name: string;
  happen(): Promise<void>;
}

interface Options {
  stage: Stage;
  random: Random;
  say(words: string): void;
}

const cuts: Cut[] = ['end', 'reset', 'silent'];

/** Every fault there is, once; the times are drawn when it happens. */
export function faultsOf({ stage, random, say }: Options): Fault[] {
  const { postgres, rabbit, redis, disk, apis, workers, roads } = stage;
  const programs = [...apis, ...workers];
  const rest = (from: number, to: number) => sleep(random.between(from, to));

  const kill = (name: string, kill9: () => Promise<void>, start: () => Promise<void>): Fault => ({
    name: `kill -9 ${name}`,
    async happen() {
      await kill9();
      await rest(0, 3_000);
      await start();
    },
  });

  const stop = (name: string, pause: () => void, resume: () => void): Fault => ({
    name: `SIGSTOP ${name}`,
    async happen() {
      pause();
      await rest(1_000, 9_000);
      resume();
    },
  });

  const cut = (service: Service, how: Cut): Fault => ({
    name: `connections to ${service} cut (${how})`,
    async happen() {
      const all = [...roads.values()].map((road) => road[service]);
      const some = random.next() < 0.5 ? all : [random.pick(all)];
      for (const road of some) road.cut(how);
      await rest(500, 4_000);
      for (const road of some) road.restore();
    },
  });

  /** Workers that die of what they store come back, until nobody dies of it any more. */
  const lastWords = (text: string): Fault => ({
    name: `worker killed: ${text}`,
    async happen() {
      say(text);
      await until(() => workers.some((worker) => !worker.isRunning()), `a worker dies of "${text}"`, 30_000);
      for (const worker of workers) await worker.start();
    },
  });

  const inTransaction: Fault = {
    name: `worker ${words.inTransaction}`,
    async happen() {
      say(words.inTransaction);
      await rest(4_000, 9_000);
      for (const worker of workers) worker.resume();
    },
  };

  const faults: Fault[] = [
    kill('PostgreSQL', postgres.kill9, postgres.start),
    kill('RabbitMQ', rabbit.kill9, rabbit.start),
    kill('Redis', redis.kill9, redis.restart),
    kill('both workers', () => Promise.all(workers.map((one) => one.kill9())).then(() => {}), startAll(workers)),
    ...programs.map((program) => kill(program.name, program.kill9, program.start)),
    stop('PostgreSQL', postgres.pause, postgres.resume),
    stop('RabbitMQ', rabbit.pause, rabbit.resume),
    stop('Redis', redis.pause, redis.resume),
    ...programs.map((program) => stop(program.name, program.pause, program.resume)),
    ...services.flatMap((service) => cuts.map((how) => cut(service, how))),
    lastWords(words.beforePublish),
    lastWords(words.beforeAck),
    inTransaction,
  ];
  if (disk !== undefined) faults.push(fullDisk(disk, postgres.start, rest));
  return faults;
}

const startAll = (programs: Stage['workers']) => async (): Promise<void> => {
  for (const program of programs) await program.start();
};

/** PostgreSQL ends when it cannot write its log; a person makes room and starts it again. */
const fullDisk = (
  disk: NonNullable<Stage['disk']>,
  start: () => Promise<void>,
  rest: (from: number, to: number) => Promise<void>,
): Fault => ({
  name: 'full disk under PostgreSQL',
  async happen() {
    disk.fill();
    await rest(2_000, 6_000);
    disk.free();
    await start();
  },
});
