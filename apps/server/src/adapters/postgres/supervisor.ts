import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './embedded.ts';
import { stopServer } from './postmaster-file.ts';
import { signal } from './processes.ts';
import { findFreePort, type Launch, launch } from './server.ts';

const firstTries = 3;
/** Milliseconds before each new start; a full disk or a lack of memory may pass. */
const defaultPauses = [100, 300, 1_000, 3_000, 10_000, 15_000, 30_000];
/** A server that lived this long was not in a crash loop. */
const calmAfter = 60_000;

export interface Supervisor {
  port: number;
  pid(): number;
  stop(): Promise<void>;
  onExit(listener: (reason: Error) => void): void;
}

/** Keeps one PostgreSQL running until stop(): a server that dies is started again on the same port, a few times with growing pauses. */
export async function supervise(
  settings: Omit<Launch, 'port'>,
  logger: Logger,
  pauses = defaultPauses,
): Promise<Supervisor> {
  const stopping = new AbortController();
  const listeners: ((reason: Error) => void)[] = [];
  const first = await firstLaunch(settings);
  const { port } = first;
  let { child } = first;
  const stopWithNode = () => signal(child.pid!, 'SIGINT');
  process.on('exit', stopWithNode);

  async function keepRunning(): Promise<void> {
    let pending = [...pauses];
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      const [code, killedBy] = await ended(child);
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAt > calmAfter) pending = [...pauses];
      logger.error(`PostgreSQL died (${killedBy ?? `code ${code}`}); starting it again`);
      child = await launchAgain({ ...settings, port }, pending, logger, stopping.signal);
      logger.warn('PostgreSQL runs again');
    }
  }

  const running = keepRunning().catch((reason: Error) => {
    if (stopping.signal.aborted) return;
    logger.error(`PostgreSQL could not be started again: ${reason.message}`);
    for (const listener of listeners) listener(reason);
  });

  return {
    port,
    pid: () => child.pid!,
    onExit: (listener) => listeners.push(listener),
    async stop() {
      stopping.abort();
      process.off('exit', stopWithNode);
      if (isRunning(child)) await stopServer(child.pid!, settings.cluster);
      await running;
    },
  };
}

/** The free port may be taken by somebody else in between, and the sessions of a killed server need a moment to end. */
async function firstLaunch(settings: Omit<Launch, 'port'>): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      return { child: await launch({ ...settings, port }), port };
    } catch (error) {
      if (attempt === firstTries) throw error;
      await sleep(500 * attempt);
    }
  }
}

/** Uses up the pending pauses, one for each attempt. */
async function launchAgain(
  settings: Launch,
  pending: number[],
  logger: Logger,
  abort: AbortSignal,
): Promise<ChildProcess> {
  let reason = new Error('it dies again soon after every start');
  for (let pause = pending.shift(); pause !== undefined; pause = pending.shift()) {
    await sleep(pause, undefined, { signal: abort });
    try {
      return await launch(settings, abort);
    } catch (error) {
      reason = error as Error;
      if (abort.aborted) break;
      logger.warn(`PostgreSQL did not start: ${reason.message}`);
    }
  }
  throw reason;
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function ended(child: ChildProcess): Promise<unknown[]> {
  return isRunning(child) ? once(child, 'exit') : Promise.resolve([child.exitCode, child.signalCode]);
}
