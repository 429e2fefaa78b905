import type { Reporter, TestCase } from 'vitest/node';

/** Bad luck on a busy machine; more than these are a fault. */
const most = 3;

/** At the end of a run, names each test that needed its second try, with what was wrong at the first; many fail the run. */
export const unsteadyReporter = (): Reporter => ({
  onTestRunEnd(modules) {
    const unsteady = modules.flatMap((module) => [...module.children.allTests()].filter(isUnsteady));
    for (const test of unsteady) say(`unsteady: ${placeOf(test)}: ${firstWrong(test)}`);
    if (unsteady.length <= most) return;
    say(`${unsteady.length} tests needed a second try; more than ${most} fail the run.`);
    process.exitCode = 1;
  },
});

const isUnsteady = (test: TestCase): boolean => test.diagnostic()?.flaky === true;

const placeOf = ({ project, module, fullName }: TestCase): string =>
  `[${project.name}] ${module.relativeModuleId} > ${fullName}`;

const firstWrong = (test: TestCase): string =>
  test.result().errors?.[0]?.message.split('\n')[0] ?? 'it did not say why';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
