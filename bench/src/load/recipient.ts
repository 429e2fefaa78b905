import { digits, marker } from './lanes.ts';
import { openSocket } from './sockets.ts';

const sought = Buffer.from(marker);

/** The one who is told everything: calls `onMessage` with the number of each message that arrives. */
export async function openRecipient(port: number, path: string, onMessage: (number: number) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  function onBytes(bytes: Buffer): void {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let at = all.indexOf(sought);
    let end = 0;
    while (at >= 0 && at + marker.length + digits <= all.length) {
      end = at + marker.length + digits;
      onMessage(numberAt(all, at + marker.length));
      at = all.indexOf(sought, end);
    }
    // What follows the last message may be the beginning of the next one's mark.
    rest = Buffer.from(all.subarray(Math.max(end, all.length - marker.length - digits)));
  }
  await openSocket({ port, path, greetings: path.includes('token') ? 1 : 0, onBytes });
}

function numberAt(bytes: Buffer, start: number): number {
  let number = 0;
  for (let at = start; at < start + digits; at += 1) number = number * 10 + (bytes[at] as number) - 48;
  return number;
}
