import { repartition } from '../adapters/queue/rabbitmq/repartition.ts';
import { openPool } from '../db/pool.ts';
import { configuredBroker } from './with-broker.ts';
import { runCommand, withDatabase } from './with-database.ts';

const most = 256;
const partitionCount = Number(process.argv[2]);
if (!Number.isInteger(partitionCount) || partitionCount < 1 || partitionCount > most || process.argv.length > 3) {
  console.error(`Usage: npm run partitions -- <number from 1 to ${most}>, while workers run`);
  process.exit(2);
}

await runCommand(async () => {
  const { broker, names } = configuredBroker();
  await withDatabase(async (url) => {
    const { db, close } = openPool({ url, max: 2, onError: () => {} });
    await repartition({ broker, names, db, partitionCount, print: console.log }).finally(close);
  });
});
