import { type ChildProcess, fork } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

type Calls = Record<string, (input: never) => unknown>;
type Input<F> = F extends (input: infer I) => unknown ? I : never;
type Result<F> = F extends (...input: never[]) => infer R ? Awaited<R> : never;

/** A process of its own, asked through the channel that Node opens between parent and child. */
export interface Program<C> {
  readonly pid: number;
  call<N extends keyof C & string>(name: N, input: Input<C[N]>): Promise<Result<C[N]>>;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

interface Stoppable {
  stop(): Promise<void>;
}

const running = new Set<Stoppable>();

/** Whatever ends the run, what is kept here is stopped. Its `stop` must bear being called twice. */
export function keep<T extends Stoppable>(stoppable: T): T {
  running.add(stoppable);
  return stoppable;
}

/** Starts a file of the benchmark; ready when it has called `answerCalls`. */
export async function startProgram<C extends object>(
  file: URL,
  options: { args?: object; nodeOptions?: string[]; env?: Record<string, string> } = {},
): Promise<Program<C>> {
  const child = fork(fileURLToPath(file), [JSON.stringify(options.args ?? {})], {
    execArgv: ['--conditions=source', ...(options.nodeOptions ?? [])],
    env: { ...process.env, ...options.env },
  });
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${file.pathname} ended (${code}) before it was ready`)));
  });
  return toProgram<C>(child, basename(fileURLToPath(file)));
}

function toProgram<C extends object>(child: ChildProcess, name: string): Program<C> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on('message', ({ id, result, error }: Reply) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(`${name}: ${error}`));
  });
  child.once('exit', (code) => {
    for (const call of waiting.values()) call.reject(new Error(`${name} ended (${code})`));
  });
  const program: Program<C> = {
    pid: child.pid as number,
    call(name, input) {
      const call = Promise.withResolvers<never>();
      calls += 1;
      waiting.set(calls, call as unknown as PromiseWithResolvers<unknown>);
      child.send({ id: calls, name, input });
      return call.promise;
    },
    async stop() {
      running.delete(program);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
  return keep(program);
}

/** The last started first: a server before its database. */
export async function stopPrograms(): Promise<void> {
  for (const stoppable of [...running].reverse()) await stoppable.stop();
}

/** What this process was started with. */
export function programArgs<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** The child's side: answers the parent's calls until the parent is gone. */
export function answerCalls(handlers: Calls): void {
  process.on('message', async ({ id, name, input }: { id: number; name: string; input: never }) => {
    try {
      process.send?.({ id, result: await handlers[name]?.(input) });
    } catch (error) {
      process.send?.({ id, error: (error as Error).stack ?? String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: true });
}
