import { type MixedCounts, runMixed } from '../instances/mixed-run.ts';
import { createRandom } from '../support/random.ts';
import { withPostgres } from './postgres.ts';
import type { Scenario } from './scenario.ts';

/** The run of two instances in full; `tests/instances/mixed.test.ts` has it small. */
export const instances: Scenario = {
  what: 'clients on all doors of 2 instances, cut at random; an instance is killed once, Redis twice; steady sends',
  async run({ print, size }) {
    const counts = await withPostgres((postgresUrl) =>
      runMixed({
        postgresUrl,
        clients: Number(size.clients ?? 500),
        chats: 10,
        rate: 40,
        seconds: Number(size.seconds ?? 90),
        random: createRandom('instances'),
        print: (line) => print(`  ${line}`),
      }),
    );
    for (const [name, value] of Object.entries(counts)) {
      print(`  ${name}: ${Array.isArray(value) ? value.length : value}`);
    }
    return brokenBy(counts);
  },
};

function brokenBy({ lost, doubled, expected, taken, wrong, surprises }: MixedCounts): string[] {
  return [
    ...(lost > 0 ? [`${lost} acknowledged messages are not stored`] : []),
    ...(doubled > 0 ? [`${doubled} messages are stored twice`] : []),
    ...(taken === expected ? [] : [`clients took ${taken} messages of ${expected}`]),
    ...wrong,
    ...surprises,
  ];
}
