import { stopPrograms } from './programs.ts';
import { printLoad, printMachine } from './report.ts';

/** `npm run bench` runs all, `npm run bench -- fanout idle` some, `npm run bench -- realtime --small` one in small. */
const benches: Record<string, (options: { isSmall: boolean }) => Promise<void>> = {
  fanout: async () => (await import('./fanout.ts')).benchFanout(),
  idle: async () => (await import('./idle.ts')).benchIdle(),
  realtime: async (options) => (await import('./realtime.ts')).benchRealtime(options),
  send: async () => (await import('./send.ts')).benchSend(),
  pipeline: async () => (await import('./pipeline.ts')).benchPipeline(),
  start: async () => (await import('./start.ts')).benchStart(),
  web: async () => (await import('./web.ts')).benchWeb(),
  history: async () => (await import('./history.ts')).benchHistory(),
};

/** Part of `realtime`. */
const included = new Set(['idle']);

async function main(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => arg !== '--small');
  const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined)
    throw new Error(`no benchmark "${unknown}". There are: ${Object.keys(benches).join(', ')}`);
  printMachine();
  const all = Object.keys(benches).filter((name) => !included.has(name));
  for (const name of wanted.length > 0 ? wanted : all) await benches[name]?.({ isSmall: args.includes('--small') });
  printLoad();
}

async function stop(code: number): Promise<void> {
  await stopPrograms();
  process.exit(code);
}

process.on('SIGINT', () => void stop(130));
process.on('SIGTERM', () => void stop(143));
main(process.argv.slice(2)).then(
  () => stop(0),
  (error: Error) => {
    console.error(error.stack);
    return stop(1);
  },
);
