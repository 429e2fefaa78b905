import type { CrowdRequest } from './load/receiver.ts';
import { startNative } from './native.ts';
import { type Program, startProgram } from './programs.ts';
import type { ServerCalls } from './servers/resources.ts';

/** A server under test: where it listens, and how its clients say hello. */
export type Contender = Pick<CrowdRequest, 'name' | 'port' | 'control' | 'path' | 'hello' | 'greetings'> & {
  stop(): Promise<void>;
};

/** What the load generator needs to know of it. */
export function crowdAt(contender: Contender, count: number, first = 0): CrowdRequest {
  const { name, port, control, path, hello, greetings } = contender;
  return { name, port, control, path, count, first, ...(greetings === undefined ? {} : { hello, greetings }) };
}

export interface NodeContender extends Contender {
  program: Program<ServerCalls>;
}

export const names = {
  parley: 'Parley /ws',
  bare: 'bare Node loop',
  native: 'C epoll loop',
  socketIo: 'Socket.IO',
  socketIoRedis: 'Socket.IO, Redis',
  ws: 'ws',
} as const;

interface Options {
  args?: object;
  nodeOptions?: string[];
}

async function start(file: URL, options: Options): Promise<Omit<NodeContender, 'name' | 'path'>> {
  const program = await startProgram<ServerCalls>(file, options);
  return { program, ...(await program.call('ports', {})), stop: program.stop };
}

export async function startParley(options: Options = {}): Promise<NodeContender> {
  const path = '/ws?token={n}';
  return {
    name: names.parley,
    path,
    greetings: 1,
    ...(await start(new URL('./servers/parley.ts', import.meta.url), options)),
  };
}

export async function startBare(options: Options = {}): Promise<NodeContender> {
  return { name: names.bare, path: '/', ...(await start(new URL('./servers/bare.ts', import.meta.url), options)) };
}

export async function startWs(options: Options = {}): Promise<NodeContender> {
  return { name: names.ws, path: '/', ...(await start(new URL('./servers/plain-ws.ts', import.meta.url), options)) };
}

export async function startSocketIo(options: Options = {}): Promise<NodeContender> {
  const path = '/socket.io/?EIO=4&transport=websocket&token={n}';
  return {
    name: names.socketIo,
    path,
    hello: '40',
    greetings: 2,
    ...(await start(new URL('./servers/socket-io.ts', import.meta.url), options)),
  };
}

export async function startSocketIoRedis(redisUrl: string): Promise<NodeContender> {
  return { ...(await startSocketIo({ args: { redisUrl } })), name: names.socketIoRedis };
}

export async function startC(): Promise<Contender | undefined> {
  const native = await startNative();
  return native && { name: names.native, path: '/', ...native };
}
