import type { ChannelModel } from 'amqplib';
import type { Generation, Ledger } from './ledger.ts';
import { areMade, makeQueues } from './making.ts';
import type { Names } from './names.ts';
import { leadSlots } from './topology.ts';

/**
 * Leads senders to the newest queues. If any is missing, of those or of the ones that are not empty yet, one process makes it while
 * the others wait.
 */
export async function prepareBroker(
  connection: ChannelModel,
  ledger: Ledger,
  { names, maxLength }: { names: Names; maxLength?: number },
): Promise<void> {
  const maker = { connection, names, ledger, maxLength };
  const lead = (generations: readonly Generation[]) => leadSlots(connection, names, generations.at(-1)!);
  const isLed = await ledger.whileLocked('shared', async () => {
    const generations = await readInUse(ledger);
    for (const one of generations) if (!(await areMade(maker, one))) return false;
    await lead(generations);
    return true;
  });
  if (isLed) return;
  await ledger.whileLocked('exclusive', async () => {
    const generations = await readInUse(ledger);
    for (const one of generations) await makeQueues(maker, one);
    await lead(generations);
  });
}

async function readInUse(ledger: Ledger): Promise<Generation[]> {
  const generations = await ledger.generations();
  return generations.filter((one) => !one.isDrained || one === generations.at(-1));
}
