import type { Socket } from 'node:net';
import { openSocket, type SocketOptions } from '../../load/sockets.ts';

export interface ClientsRequest {
  port: number;
  path: string;
  hello?: string;
  greetings: number;
  count: number;
}

/** So many that knock at the same time: below the length of the servers' queues, or the kernel lets some wait a second. */
const atOnce = 1000;

/** Opens them all; `more` adds to what is the same for all. */
export async function openClients(
  { port, path, hello, greetings, count }: ClientsRequest,
  more: (index: number) => Partial<SocketOptions>,
): Promise<Socket[]> {
  const sockets: Socket[] = new Array(count);
  let next = 0;
  async function work(): Promise<void> {
    while (next < count) {
      const index = next++;
      const options = { port, path: path.replaceAll('{n}', String(index)), hello, greetings, ...more(index) };
      sockets[index] = await openSocket(options);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
  return sockets;
}
