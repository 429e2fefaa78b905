import { closeCodes } from '../../close-codes.ts';
import { batchOf } from '../../sockets/batch.ts';
import { encodeText } from '../../sockets/wire.ts';
import type { PubSubSocket } from './connection.ts';

const STEPS = 20;
const reconnect = encodeText('{"type":"RECONNECT"}');

/**
 * Twitch's RECONNECT has no time in it, and its clients come back the moment they hear it: so each is told at a moment
 * of its own in the first half, and has the rest to leave by itself.
 */
export async function drainSockets(open: ReadonlySet<PubSubSocket>, afterMs: number): Promise<void> {
  const waiting = Array.from(open);
  const share = Math.ceil(waiting.length / (STEPS / 2));
  for (let step = 0; step < STEPS && open.size > 0; step += 1) {
    for (const socket of waiting.splice(0, share)) socket.enqueue(batchOf(reconnect));
    await new Promise((resolve) => setTimeout(resolve, afterMs / STEPS));
  }
  for (const socket of open) socket.close(closeCodes.drain, 'draining');
}
