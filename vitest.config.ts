import { existsSync } from 'node:fs';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { systemPostgres } from './apps/server/src/testing/postgres-system.ts';
import { hasRabbitServer } from './apps/server/src/testing/rabbitmq.ts';
import { hasS3Server } from './apps/server/src/testing/s3.ts';
import { hasRedisServer } from './packages/realtime/src/testing/redis-server.ts';
import { unsteadyReporter } from './tests/support/unsteady.ts';

const conditions = ['source', 'node'];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };
const isCI = process.env.CI === 'true';
const dependencies = '**/node_modules/**';
/** Suites that start a Redis of their own. */
const onRedis = '**/redis*.test.ts';
/** Suites that start a RabbitMQ of their own. */
const onRabbit = '**/rabbitmq-*.test.ts';
/** Suites that start a store of their own that speaks S3. */
const onS3 = '**/s3-*.test.ts';
/** Suites that start a clamd of their own. */
const onClamav = '**/clamav-*.test.ts';
const hasClamd = existsSync('/usr/sbin/clamd');

/**
 * A browser, or a server among many, may be late for once on a busy machine. What proves that nothing is lost, and what tries
 * things by chance, has to hold at the first try: docs/decisions/0019-second-tries.md.
 */
const retried = { retry: isCI ? 1 : 0 };
/** Builds what starts servers and browsers need. */
const prepare = 'tests/support/prepare.ts';
const nothingIsLost = 'tests/{browser,delivery,doors,kill,sessions,unpublished}.test.ts';

const reporters: NonNullable<ViteUserConfig['test']>['reporters'] & unknown[] = ['default'];
/** Where the run is to be told test by test, as JSON. */
const report = process.env.TEST_REPORT;
if (report) reporters.push(['json', { outputFile: report }]);
if (isCI) reporters.push(unsteadyReporter());

/** Fills a million rows, so it runs on one PostgreSQL only: the system's, where there is one. */
const onMillion = 'apps/server/src/db/explain.test.ts';
const hasSystemPostgres = systemPostgres() !== undefined;

/** With CI=true a part that is missing fails the run instead of skipping its suites. */
function whenPresent<T>(isPresent: boolean, part: string, projects: T[]): T[] {
  if (isPresent || isCI) return projects;
  process.stderr.write(`skipped: ${part} (npm run test:setup installs it on Debian, as root)\n`);
  return [];
}

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes as soon as it can; only a fault takes as long as this.
    expect: { poll: { timeout: 20_000 } },
    // More than the two cores of a small machine: much of what they do is waiting.
    maxWorkers: 3,
    reporters,
    projects: [
      { ...shared, test: { name: 'web app', include: ['apps/web/src/**/*.test.ts'] } },
      { ...shared, test: { name: 'bench', include: ['bench/**/*.test.ts'] } },
      { ...shared, test: { name: 'packages', include: ['packages/**/*.test.ts'], exclude: [onRedis, dependencies] } },
      {
        ...shared,
        test: {
          ...retried,
          name: 'server on the embedded PostgreSQL',
          include: ['apps/server/src/**/*.test.ts'],
          exclude: [onRedis, onRabbit, onS3, onClamav, dependencies, ...(hasSystemPostgres ? [onMillion] : [])],
          globalSetup: ['apps/server/src/testing/postgres-embedded.ts'],
        },
      },
      ...whenPresent(hasSystemPostgres, 'server suites on the system PostgreSQL', [
        {
          ...shared,
          test: {
            ...retried,
            name: 'server on the system PostgreSQL',
            include: ['apps/server/src/{modules,log,db}/**/*.test.ts'],
            exclude: [onRedis, onRabbit, onS3, onClamav, dependencies],
            globalSetup: ['apps/server/src/testing/postgres-system.ts'],
          },
        },
      ]),
      {
        ...shared,
        test: {
          name: 'the contract on a real server',
          include: ['tests/{matrix,fuzz,invariant}/**/*.test.ts'],
          globalSetup: ['apps/server/src/testing/postgres-embedded.ts'],
          testTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          ...retried,
          name: 'end to end',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/{matrix,fuzz,invariant,instances,faults}/**', nothingIsLost, dependencies],
          globalSetup: [prepare],
          testTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'nothing is lost',
          include: [nothingIsLost],
          globalSetup: [prepare],
          testTimeout: 120_000,
          fileParallelism: false,
        },
      },
      ...whenPresent(hasRabbitServer(), 'suites on RabbitMQ', [
        {
          ...shared,
          test: {
            name: 'on RabbitMQ',
            include: [`apps/server/src/${onRabbit}`],
            globalSetup: ['apps/server/src/testing/postgres-embedded.ts'],
            testTimeout: 120_000,
            hookTimeout: 120_000,
          },
        },
      ]),
      ...whenPresent(hasClamd, 'the suite on clamd', [
        { ...shared, test: { ...retried, name: 'on clamd', include: [`apps/server/src/${onClamav}`] } },
      ]),
      ...whenPresent(hasS3Server(), 'suites on S3', [
        {
          ...shared,
          test: {
            ...retried,
            name: 'on S3',
            include: [`apps/server/src/${onS3}`],
            globalSetup: ['apps/server/src/testing/postgres-embedded.ts'],
          },
        },
      ]),
      ...whenPresent(hasSystemPostgres && hasRabbitServer() && hasRedisServer(), 'faults of the pipeline', [
        {
          ...shared,
          test: {
            name: 'faults',
            include: ['tests/faults/**/*.test.ts'],
            globalSetup: [prepare],
            testTimeout: 400_000,
          },
        },
      ]),
      ...whenPresent(hasRedisServer(), 'suites on Redis, and several instances', [
        {
          ...shared,
          test: {
            name: 'on Redis',
            include: [`packages/${onRedis}`, `apps/server/src/${onRedis}`],
            globalSetup: ['apps/server/src/testing/postgres-embedded.ts'],
          },
        },
        {
          ...shared,
          test: {
            name: 'doors beside another instance',
            include: ['packages/realtime/src/doors/*/door.test.ts'],
            globalSetup: ['apps/server/src/testing/redis.ts'],
          },
        },
        {
          ...shared,
          test: {
            name: 'several instances',
            include: ['tests/instances/**/*.test.ts'],
            globalSetup: ['apps/server/src/testing/postgres-embedded.ts'],
            testTimeout: 180_000,
            fileParallelism: false,
          },
        },
      ]),
    ],
  },
});
