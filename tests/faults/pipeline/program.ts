import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createOutput } from '../../support/output.ts';
import { killHard } from '../../support/processes.ts';
import { root } from '../../support/server.ts';

/** One role of Parley in a process of its own. */
export interface Program {
  readonly name: string;
  start(): Promise<void>;
  kill9(): Promise<void>;
  pause(): void;
  resume(): void;
  isRunning(): boolean;
  /** How often it ended though nobody had killed it. */
  endedByItself(): number;
  stop(): Promise<void>;
}

interface Options {
  name: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** What it prints goes there. */
  logFile: string;
  /** Printed when it is there. */
  ready: RegExp;
  /** Loaded before it. */
  preload?: string;
}

export function createProgram({ name, args, env, logFile, ready, preload }: Options): Program {
  const log: WriteStream = createWriteStream(logFile, { flags: 'a' });
  const before = preload === undefined ? [] : ['--import', preload];
  let child: ChildProcess | undefined;
  let ended = 0;

  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function kill9(): Promise<void> {
    if (!isRunning()) return;
    const gone = once(child!, 'exit');
    killHard(child!.pid!);
    await gone;
  }

  return {
    name,
    async start() {
      if (isRunning()) return;
      const started = spawn(process.execPath, [...before, '--conditions=source', 'apps/server/src/main.ts', ...args], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      child = started;
      for (const stream of [started.stdout, started.stderr]) stream?.on('data', (bytes) => log.write(bytes));
      const output = createOutput(started);
      const exit = once(started, 'exit');
      // A process that is killed says so by its signal; one that gives up, by a code.
      started.once('exit', (code) => {
        if (code !== null) ended += 1;
      });
      const isReady = await Promise.race([output.line(ready).then(() => true), exit.then(() => false)]);
      if (!isReady) throw new Error(`${name} ended before it was there:\n${output.text()}`);
    },
    kill9,
    pause: () => void (isRunning() && process.kill(child!.pid!, 'SIGSTOP')),
    resume: () => void (isRunning() && process.kill(child!.pid!, 'SIGCONT')),
    isRunning,
    endedByItself: () => ended,
    async stop() {
      await kill9();
      log.end();
    },
  };
}
