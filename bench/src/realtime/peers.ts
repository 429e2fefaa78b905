import { names } from '../contenders.ts';
import { type Program, startProgram } from '../programs.ts';
import type { RoomServerCalls, ServerArgs } from './servers/audience.ts';

/** How the clients of a server speak; each has its frames. */
export type Dialect = 'parley' | 'socket-io' | 'plain-ws';

/** A server with rooms, and how its clients reach it. */
export interface Peer {
  name: string;
  dialect: Dialect;
  program: Program<RoomServerCalls>;
  port: number;
  epoch: string;
  /** `{n}` stands for the number of the client. */
  path: string;
  hello?: string;
  /** Frames that come before a connection is of use. */
  greetings: number;
}

const ways: Record<Dialect, Pick<Peer, 'path' | 'hello' | 'greetings'> & { name: string }> = {
  parley: { name: names.parley, path: '/ws?token={n}', greetings: 1 },
  'socket-io': {
    name: names.socketIo,
    path: '/socket.io/?EIO=4&transport=websocket&token={n}',
    hello: '40',
    greetings: 2,
  },
  'plain-ws': { name: names.ws, path: '/', greetings: 0 },
};

export async function startPeer(dialect: Dialect, args: ServerArgs = {}, name = ways[dialect].name): Promise<Peer> {
  const file = new URL(`./servers/${dialect}.ts`, import.meta.url);
  const program = await startProgram<RoomServerCalls>(file, { args, nodeOptions: ['--expose-gc'] });
  return { ...ways[dialect], name, dialect, program, ...(await program.call('ports', {})) };
}

/** The same over a Redis. */
export function startPeerOver(redisUrl: string, dialect: Dialect, args: ServerArgs = {}): Promise<Peer> {
  return startPeer(dialect, { ...args, redisUrl }, `${ways[dialect].name}, Redis`);
}
