import { closeCodes } from './close-codes.ts';

const STEPS = 20;

interface Drainable {
  close(code: number, reason: string): void;
}

/** Tells every client a moment of its own within `afterMs`, and closes them one share after the other. */
export async function drainConnections<T extends Drainable>(
  open: ReadonlySet<T>,
  afterMs: number,
  tell: (connection: T, afterMs: number) => void,
): Promise<void> {
  for (const connection of open) tell(connection, Math.floor(Math.random() * afterMs));
  for (let step = STEPS; step > 0; step -= 1) {
    await new Promise((resolve) => setTimeout(resolve, afterMs / STEPS));
    if (open.size === 0) return;
    let share = Math.ceil(open.size / step);
    for (const connection of open) {
      if (share === 0) break;
      share -= 1;
      connection.close(closeCodes.drain, 'draining');
    }
  }
}
