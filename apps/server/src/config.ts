import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { type Setting, settings, unsupported } from './settings.ts';

export { type Setting, settings };

type Settings = typeof settings;
type Value<S extends Setting> = ReturnType<S['parse']> | (S extends { default: string } ? never : undefined);
type Parsed = { -readonly [Key in keyof Settings]: Value<Settings[Key]> };

const roles = ['all', 'api', 'message-worker', 'media-worker'] as const;
export type Role = (typeof roles)[number];

export interface Config extends Parsed {
  host: string;
  /** Without a slash at the end. */
  publicUrl: string;
  role: Role;
  /** Fill an empty database with people and chats to try things with. */
  demo: boolean;
  /** To be logged once at start. */
  warnings: string[];
}

export interface ConfigSources {
  argv?: string[];
  env?: Record<string, string | undefined>;
  /** Read if it exists; the environment wins over it. */
  envFile?: string;
}

/** Its message names every wrong setting. */
export class ConfigError extends Error {
  constructor(problems: string[]) {
    super(problems.length === 1 ? problems[0] : `Several settings are wrong:\n  ${problems.join('\n  ')}`);
  }
}

/** Reads all settings: flags over the environment over `.env` over defaults. The only reader of process.env. */
export function loadConfig({
  argv = process.argv.slice(2),
  env = process.env,
  envFile = '.env',
}: ConfigSources = {}): Config {
  const flags = readFlags(argv);
  const given = { ...(existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8')) : {}), ...dropEmpty(env) };
  const values = dropEmpty({ ...given, ...(flags.port === undefined ? {} : { PORT: flags.port }) });
  const problems: string[] = [];
  const parsed = parseAll(values, problems);
  const role = roles.find((known) => known === flags.role);
  if (role === undefined) problems.push(`--role must be one of ${roles.join(', ')}, not "${flags.role}"`);
  const warnings = findWarnings(values, parsed);
  problems.push(...findRoleConflicts(parsed, role));
  if (problems.length > 0 || role === undefined) throw new ConfigError(problems);
  return {
    ...parsed,
    dataDir: resolve(parsed.dataDir),
    host: parsed.host ?? allAddresses(),
    publicUrl: parsed.publicUrl ?? `http://localhost:${parsed.port}`,
    role,
    demo: flags.demo,
    warnings,
  };
}

function readFlags(argv: string[]) {
  const options = {
    port: { type: 'string' },
    role: { type: 'string', default: 'all' },
    demo: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw new ConfigError([`${(error as Error).message} Known: --port <number>, --role <role>, --demo.`]);
  }
}

/** An empty value is the same as none, so a line of `.env` can be switched off by emptying it. */
function dropEmpty(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
}

function parseAll(values: Record<string, string>, problems: string[]): Parsed {
  const entries = Object.entries<Setting>(settings).map(([key, setting]) => {
    const value = values[setting.name] ?? setting.default;
    try {
      return [key, value === undefined ? undefined : setting.parse(value)];
    } catch (error) {
      const shown = setting.secret ? '' : `, not "${value}"`;
      problems.push(`${setting.name} ${(error as Error).message}${shown}`);
      return [key, undefined];
    }
  });
  return Object.fromEntries(entries) as Parsed;
}

/** Its client is loaded only then: it costs a start 30 ms and 15 MB. */
export const hasRedis = ({ redisUrl, redisHost }: Pick<Parsed, 'redisUrl' | 'redisHost'>): boolean =>
  redisUrl !== undefined || redisHost !== undefined;

/** Processes that share the work must share the queue and the database. */
function findRoleConflicts(parsed: Parsed, role?: Role): string[] {
  const hasQueue = parsed.rabbitmqUri !== undefined || parsed.rabbitmqHost !== undefined;
  const conflicts: string[] = [];
  if (parsed.chatWorkerEnabled === false) {
    if (role === 'message-worker')
      conflicts.push('CHAT_WORKER_ENABLED=false leaves --role message-worker nothing to do');
    else if (!hasQueue)
      conflicts.push(
        'CHAT_WORKER_ENABLED=false: the message queue is in this process, so nothing would be stored. Set RABBITMQ_URI or RABBITMQ_HOST',
      );
  }
  if (role === 'media-worker')
    conflicts.push('--role media-worker: files are examined by the api; there is no role of its own for it yet');
  if (role !== 'api' && role !== 'message-worker') return conflicts;
  if (!hasQueue)
    conflicts.push(`--role ${role} needs a message queue that processes share: set RABBITMQ_URI or RABBITMQ_HOST`);
  if (parsed.databaseUrl === undefined)
    conflicts.push(`--role ${role} needs a database that processes share: set DATABASE_URL`);
  return conflicts;
}

function findWarnings(values: Record<string, string>, parsed: Parsed): string[] {
  const warnings = unsupported
    .filter(({ name }) => values[name] !== undefined)
    .map(({ name, part }) => `${name} is set, but ${part} is not supported yet; it has no effect`);
  if (values.JWT_SECRET !== undefined) {
    warnings.push(
      'JWT_SECRET is set but not used: tokens are signed with an Ed25519 key (AUTH_PRIVATE_KEY or PARLEY_DATA/keys)',
    );
  }
  if (parsed.rateLimits === false)
    warnings.push('RATE_LIMITS=off: anybody may try passwords and send without limit. For load tests only');
  return warnings;
}

/** With IPv6, "::" takes both kinds of addresses; "localhost" is often ::1 first. */
function allAddresses(): string {
  const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));
  return hasIpv6 ? '::' : '0.0.0.0';
}
