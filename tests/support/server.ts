import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOutput, type Output } from './output.ts';
import { isAlive, killHard, untilGone } from './processes.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const main = ['--conditions=source', 'apps/server/src/main.ts'];
const launcher = ['scripts/run.mjs', 'start'];

export interface StartOptions {
  /** A folder of an earlier server; a new one that is removed at the end if not given. */
  dataDir?: string;
  /** The new folder begins as a copy of this one, of a server that has stopped. */
  copyOf?: string;
  env?: Record<string, string>;
  /** 0: any free one, kept by `restart`. -1: no flag at all. */
  port?: number;
  args?: string[];
  /** As `npm start` does it (in a process group of its own, like a terminal's), instead of the server alone. */
  asUser?: boolean;
  /** A module of the project that is loaded before the server: a fault to test. */
  preload?: string;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds from the request to the end. */
  tookMs: number;
}

/** A Parley that runs in processes of its own, as it does for whoever types `npm start`. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** All that the last run printed. */
  printed(): string;
  postgresPid(): number;
  kill9(): Promise<void>;
  /** Resolves when the present run is over, whoever ended it. */
  ended(): Promise<void>;
  killPostgres9(): Promise<void>;
  /** Asks by a signal, to its process or (as Ctrl-C does, and service managers) to all of its group, and waits for the end. */
  stop(signal?: NodeJS.Signals, whom?: 'launcher' | 'group'): Promise<Ended>;
  /** Starts it again on the same data and the same port, whatever became of the last run. */
  restart(): Promise<void>;
  /** Ends everything, however it stands, and removes a folder of its own. */
  close(): Promise<void>;
}

const compiled = join(root, 'node_modules/.cache/parley-tests');

/** Limits off, quiet, and nothing of the settings of whoever runs the tests. */
export function environment(dataDir: string, env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const own = { PARLEY_DATA: dataDir, LOG_LEVEL: 'fatal', RATE_LIMITS: 'off', NODE_COMPILE_CACHE: compiled };
  return { PATH, HOME, TMPDIR, LANG, ...own, ...env };
}

export const newDataFolder = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'parley-e2e-')), 'data');

/** Starts a server and waits for the line with its address. Rejects with what it printed when it ends before. */
export async function startServer(options: StartOptions = {}): Promise<Server> {
  const dataDir = options.dataDir ?? (await newDataFolder());
  const removeOwn = async (): Promise<void> => {
    if (options.dataDir === undefined) await rm(dirname(dataDir), { recursive: true, force: true, maxRetries: 5 });
  };
  if (options.copyOf !== undefined) await cp(options.copyOf, dataDir, { recursive: true });
  let run = await launch(dataDir, options.port ?? 0, options).catch(async (error) => {
    await removeOwn();
    throw error;
  });
  const port = Number(new URL(run.url).port);
  const postgresPid = (): number => postmasterOf(dataDir) ?? fail(`no PostgreSQL runs in ${dataDir}`);

  async function kill9(): Promise<void> {
    killHard(run.child.pid!);
    await run.ended;
  }

  async function killPostgres9(): Promise<void> {
    const pid = postgresPid();
    killHard(pid);
    await untilGone(pid);
  }

  /** What it had under way; otherwise the next server would remove it. */
  async function removeScratch(): Promise<void> {
    const own = (await readdir(tmpdir())).filter((name) => name.startsWith(`parley-files-${run.child.pid}-`));
    for (const name of own) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }

  async function close(): Promise<void> {
    await kill9();
    await removeScratch();
    const left = postmasterOf(dataDir);
    if (left !== undefined) {
      killHard(left);
      await untilGone(left);
    }
    await removeOwn();
  }

  return {
    url: run.url,
    port,
    dataDir,
    get pid() {
      return run.child.pid!;
    },
    printed: () => run.output.text(),
    postgresPid,
    kill9,
    ended: async () => void (await run.ended),
    killPostgres9,
    async stop(signal = 'SIGTERM', whom = 'launcher') {
      const before = Date.now();
      process.kill(whom === 'group' ? -run.child.pid! : run.child.pid!, signal);
      const [code, by] = await run.ended;
      return { code, signal: by, tookMs: Date.now() - before };
    },
    async restart() {
      run = await launch(dataDir, port, options);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** All parts answer; a connection of before that is broken counts as no answer. */
export const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );

/** Starts a server that is expected to refuse: its exit code and its words. */
export async function startRefused(
  options: StartOptions & { dataDir: string },
): Promise<{ code: number; words: string }> {
  const child = spawnServer(options.dataDir, options.port ?? 0, options);
  const output = createOutput(child);
  const [code] = (await once(child, 'exit')) as [number];
  return { code, words: output.text() };
}

interface Run {
  child: ChildProcess;
  url: string;
  output: Output;
  ended: Promise<[number | null, NodeJS.Signals | null]>;
}

async function launch(dataDir: string, port: number, options: StartOptions): Promise<Run> {
  const child = spawnServer(dataDir, port, options);
  const output = createOutput(child);
  const ended = once(child, 'exit') as Run['ended'];
  const address = await Promise.race([output.line(/^Parley is at (\S+)$/m), ended]);
  if (typeof address !== 'string') return fail(`the server ended (${address}) before it was there:\n${output.text()}`);
  return { child, url: address, output, ended };
}

/** The channel tells the server that this process is gone, so that a test that crashes leaves nothing behind. */
function spawnServer(dataDir: string, port: number, options: StartOptions): ChildProcess {
  const { env, args = [], asUser = false, preload } = options;
  const flags = port === -1 ? args : ['--port', String(port), ...args];
  const before = preload === undefined ? [] : ['--import', `./${preload}`];
  return spawn(process.execPath, [...before, ...(asUser ? launcher : main), ...flags], {
    cwd: root,
    detached: asUser,
    stdio: ['ignore', 'pipe', 'pipe', ...(asUser ? [] : (['ipc'] as const))],
    env: environment(dataDir, env),
  });
}

/** The number of the PostgreSQL that runs in the folder (first line of its postmaster.pid). */
function postmasterOf(dataDir: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return isAlive(pid) ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function fail(message: string): never {
  throw new Error(message);
}
