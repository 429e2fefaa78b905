import { parseArgs } from 'node:util';
import { instances } from './instances.ts';
import { pipeline } from './pipeline.ts';
import type { Scenario } from './scenario.ts';

/** What can go wrong, by name. Each runs for real, prints its counts and fails when a promise was broken. */
const scenarios: Record<string, Scenario> = { instances, pipeline };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: 'string' },
    seconds: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

// Every source of chance takes it from there.
if (values.seed !== undefined) process.env.SEED = values.seed;

// What is to be cleared away hears of the exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(name: string): Promise<boolean> {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario "${name}"; there are: ${Object.keys(scenarios).join(', ')}`);
  print(`${name}: ${scenario.what}`);
  const broken = await scenario.run({ print, size: values });
  for (const promise of broken) print(`  broken: ${promise}`);
  print(`${name}: ${broken.length === 0 ? 'kept' : 'BROKEN'}`);
  return broken.length === 0;
}

if (values.list) {
  for (const [name, { what }] of Object.entries(scenarios)) print(`${name}: ${what}`);
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
    if (!(await run(name))) process.exitCode = 1;
  }
}
