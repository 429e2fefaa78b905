import { openPool } from '../../../../db/pool.ts';
import type { Consumption, Guard } from '../../../../modules/messages/queue.ts';
import { openRabbitQueue } from '../queue.ts';
import { startWorker } from './worker.ts';

/** What a worker in a process of its own is told. */
export interface WorkerOrders {
  broker: string;
  database: string;
  names: Parameters<typeof openRabbitQueue>[0]['names'];
  /** Where it comes to its end, or stands still, in its first batch. */
  fault?: 'dies-after-commit' | 'stops-in-transaction';
}

const orders = JSON.parse(process.argv[2]!) as WorkerOrders;
const pool = openPool({ url: orders.database, max: 10, onError: () => {} });
const queue = await openRabbitQueue({
  broker: { url: orders.broker, name: 'the test' },
  names: orders.names,
  db: pool.db,
  instanceId: crypto.randomUUID(),
  partitionCount: undefined,
  prefetch: 16,
  onTrouble: (error, what) => void process.stderr.write(`${what}: ${error.message}\n`),
});
let isFaulty = orders.fault !== undefined;
const consume = queue.consume;
queue.consume = (consumption) => consume({ ...consumption, store: withFault(consumption.store) });
await startWorker(pool, queue);
process.send?.('ready');

function withFault(store: Consumption['store']): Consumption['store'] {
  return async (commands, guard) => {
    const outcomes = await store(commands, orders.fault === 'stops-in-transaction' ? andStop(guard) : guard);
    if (isFaulty && orders.fault === 'dies-after-commit') process.kill(process.pid, 'SIGKILL');
    return outcomes;
  };
}

/** Stands still as a machine that swaps does: with the transaction open, and its row locks held. */
function andStop(guard: Guard | undefined): Guard {
  return async (session) => {
    await guard?.(session);
    if (!isFaulty) return;
    isFaulty = false;
    process.send?.('stopping');
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(process.pid, 'SIGSTOP');
  };
}
