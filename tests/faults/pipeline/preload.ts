import { createRequire, registerHooks } from 'node:module';
import { armed, createFaultyChannels } from './faulty.ts';
import { words } from './words.ts';

/**
 * To be loaded before a worker (`node --import`): certain words kill or stop it at an exact moment, once. Everything else is
 * the program as it is.
 */
const original = '/packages/realtime/src/bus/redis.ts';
const faulty = new URL('faulty-bus.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const isBus = resolved.url.endsWith(original) && context.parentURL !== faulty;
    return isBus ? { ...resolved, url: faulty } : resolved;
  },
});

const require = createRequire(new URL('../../../apps/server/src/main.ts', import.meta.url));
createFaultyChannels(require('amqplib'));

interface Sessions {
  Client: { prototype: { query(...args: unknown[]): unknown } };
}

/** Stops before the commit of a batch that says so; once, or it would never be stored. */
function stopInTransactions({ Client }: Sessions): void {
  const query = Client.prototype.query;
  let hasStopped = false;
  Client.prototype.query = function stopping(...args) {
    const text = String((args[0] as { text?: string })?.text ?? args[0]);
    if (text.includes('insert into messages') && JSON.stringify(args).includes(words.inTransaction)) armed.stop = true;
    if (text === 'commit' && armed.stop && !hasStopped) {
      hasStopped = true;
      process.kill(process.pid, 'SIGSTOP');
    }
    return query.apply(this, args);
  };
}

stopInTransactions(require('pg'));
