import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ConfigSources, loadConfig, type Setting, settings } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const load = (sources: ConfigSources) => loadConfig({ argv: [], env: {}, envFile: join(folder, 'none'), ...sources });

function writeEnvFile(text: string): string {
  const file = join(folder, '.env');
  writeFileSync(file, text);
  return file;
}

describe('where a value comes from', () => {
  const envFile = writeEnvFile('PORT=4001\nLOG_LEVEL=debug\n');

  test('the default if nothing is set', () => {
    expect(load({})).toMatchObject({
      port: 3000,
      publicUrl: 'http://localhost:3000',
      role: 'all',
      demo: false,
      warnings: [],
    });
  });
  test('.env over the default', () => expect(load({ envFile }).port).toBe(4001));
  test('the environment over .env', () => {
    expect(load({ envFile, env: { PORT: '4002' } })).toMatchObject({ port: 4002, logLevel: 'debug' });
  });
  test('--port over the environment', () => {
    expect(load({ envFile, env: { PORT: '4002' }, argv: ['--port', '4003'] }).port).toBe(4003);
  });
  test('an empty value is the same as none', () => {
    expect(load({ envFile, env: { PORT: ' ', DATABASE_URL: '' } })).toMatchObject({
      port: 4001,
      databaseUrl: undefined,
    });
  });
});

describe('wrong values', () => {
  test.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['DATABASE_POOL', '1.5'],
    ['DATABASE_URL', 'mysql://db'],
    ['REDIS_URL', 'http://redis'],
    ['CORS_ORIGINS', 'http://a.example, b.example'],
    ['PUBLIC_URL', 'https://chat.example/path'],
    ['RATE_LIMITS', 'maybe'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => load({ env: { [name]: value } })).toThrow(name);
  });
  test('all are named at once', () => {
    expect(() => load({ env: { PORT: 'abc', LOG_LEVEL: 'loud' } })).toThrow(/PORT.*LOG_LEVEL/s);
  });
  test('a secret is not repeated', () => {
    expect(() => load({ env: { DATABASE_URL: 'mysql://me:hunter2@db' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
  test.each([[['--prot', '1']], [['--role', 'boss']], [['surplus']]])('flags %j', (argv) => {
    expect(() => load({ argv })).toThrow(argv.at(-1) === 'boss' ? '--role' : 'Known: --port');
  });
});

describe('promises that this version cannot keep', () => {
  test('no worker, or a role alone, with the queue in this process', () => {
    expect(() => load({ env: { CHAT_WORKER_ENABLED: 'false' } })).toThrow('CHAT_WORKER_ENABLED');
    expect(() => load({ argv: ['--role', 'api'] })).toThrow('--role api');
  });
  test('a role alone with a database of its own', () => {
    const env = { RABBITMQ_HOST: 'broker' };
    expect(() => load({ argv: ['--role', 'api'], env })).toThrow('DATABASE_URL');
    expect(load({ argv: ['--role', 'api'], env: { ...env, DATABASE_URL: 'postgres://db/x' } }).role).toBe('api');
    expect(load({ env: { ...env, CHAT_WORKER_ENABLED: 'false' } }).chatWorkerEnabled).toBe(false);
  });
  test('a worker that is switched off', () => {
    const env = { RABBITMQ_HOST: 'broker', DATABASE_URL: 'postgres://db/x', CHAT_WORKER_ENABLED: 'false' };
    expect(() => load({ argv: ['--role', 'message-worker'], env })).toThrow('nothing to do');
  });
  test.each(['JWT_SECRET', 'SENTRY_DSN'])('%s is warned about', (name) => {
    expect(load({ env: { [name]: 'x' } }).warnings).toEqual([expect.stringContaining(name)]);
  });
});

test('.env.example lists exactly the settings, with their defaults, switched off', () => {
  const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').split('\n');
  const expected = Object.values<Setting>(settings).map((setting) => `#${setting.name}=${setting.default ?? ''}`);
  expect(lines.filter((line) => /^#?\w+=/.test(line))).toEqual(expected);
});
