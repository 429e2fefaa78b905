import { createRandom } from '../support/random.ts';
import { runPipeline } from './pipeline/run.ts';
import type { Scenario } from './scenario.ts';

/** The pipeline in full; `pipeline.test.ts` has it small. */
export const pipeline: Scenario = {
  what: 'PostgreSQL, RabbitMQ, Redis, 2 APIs, 2 workers: each killed, stopped, cut off, in the order of a seed; steady sends',
  async run({ print, size }) {
    const random = createRandom('pipeline');
    const seconds = Number(size.minutes ?? 4) * 60;
    const { counts, refusals, broken, healing } = await runPipeline({ random, seconds, only: size.only ?? '', print });
    for (const [what, count] of refusals) print(`  answered ${what}: ${count}`);
    print(`  faults: ${healing.length}; slowest healing: ${Math.max(...healing.map(({ ms }) => ms))} ms`);
    const names = ['seed', 'faults', ...Object.keys(counts)];
    print(`  | ${names.join(' | ')} |`);
    print(`  | ${[random.seed, healing.length, ...Object.values(counts)].join(' | ')} |`);
    return broken;
  },
};
