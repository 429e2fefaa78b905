import { existsSync } from 'node:fs';
import { runChildren } from './children.mjs';
import { inProject, say } from './project.mjs';

const steps = [
  { name: 'lint', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  {
    name: 'types of the web app',
    needs: 'apps/web/tsconfig.json',
    args: ['node_modules/vue-tsc/bin/vue-tsc.js', '--noEmit', '-p', 'apps/web/tsconfig.json'],
  },
  {
    name: 'borders',
    needs: '.dependency-cruiser.cjs',
    args: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      'apps',
      'packages',
      'tests',
      'bench',
    ],
  },
  { name: 'unused code', needs: 'knip.json', args: ['node_modules/knip/bin/knip.js'] },
  {
    name: 'generated files',
    needs: 'apps/server/src/cli/generate.ts',
    args: ['apps/server/src/cli/generate.ts', '--check'],
  },
];

/** Runs every check in order and stops at the first that fails. */
export async function check(node) {
  for (const step of steps) {
    if (step.needs && !existsSync(inProject(step.needs))) {
      say(`${step.name}: skipped, there is no ${step.needs}`);
      continue;
    }
    say(step.name);
    const code = await runChildren([{ name: step.name, node, args: step.args }]);
    if (code !== 0) {
      say(`${step.name}: failed`);
      return code;
    }
  }
  say('all checks passed');
  return 0;
}
