import { type AddressInfo, createServer, type Server } from 'node:net';
import { carry } from './event.ts';

/** A byte above this one, by n, asks for events that carry n hundred bytes from here on. */
const SIZES = 128;

/**
 * The line on which the load generator tells a server what to do: a byte n asks for n events in this turn, a zero for the
 * CPU time used so far (microseconds, 8 bytes, little endian), one above 128 for another size of events. The server in C
 * speaks it too.
 */
export async function openControl(publish: (events: number) => void): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      for (const events of bytes) {
        if (events > SIZES) carry((events - SIZES) * 100);
        else if (events > 0) publish(events);
        else socket.write(cpuTime());
      }
    });
  });
  return listen(server);
}

function cpuTime(): Buffer {
  const { user, system } = process.cpuUsage();
  const answer = Buffer.alloc(8);
  answer.writeBigUInt64LE(BigInt(user + system));
  return answer;
}

/** On a free port of this machine. */
export async function listen(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  return (server.address() as AddressInfo).port;
}
