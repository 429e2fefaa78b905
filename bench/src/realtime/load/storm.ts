import { once } from 'node:events';
import type { Socket } from 'node:net';
import { answerCalls } from '../../programs.ts';
import { topicsOf } from '../../servers/topics.ts';
import { percentile } from '../../stats.ts';
import type { Dialect } from '../peers.ts';
import { type ClientsRequest, openClients } from './clients.ts';

interface Storm extends ClientsRequest {
  dialect: Dialect;
  epoch: string;
  /** Events that each missed. */
  missed: number;
}

const privateId = /"pid":"([^"]+)"/;
const lastEvent = /"([^"]+)"\]$/;

let sockets: Socket[] = [];
/** What each of Socket.IO's clients remembers: its private id, and the last event. */
const pids: string[] = [];
const offsets: string[] = [];
let heard = 0;

async function connect(request: ClientsRequest): Promise<void> {
  sockets = await openClients(request, (index) => ({
    onBytes: (bytes) => remember(index, bytes),
    onFrame: () => (heard += 1),
  }));
}

/** Several frames may come in one read. */
function remember(index: number, bytes: Buffer): void {
  const text = bytes.toString('latin1');
  pids[index] ??= privateId.exec(text)?.[1] as string;
  offsets[index] = lastEvent.exec(text)?.[1] ?? (offsets[index] as string);
}

async function hear({ frames }: { frames: number }): Promise<void> {
  while (heard < frames) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function cut(): Promise<void> {
  await Promise.all(
    sockets.map((socket) => {
      const closed = once(socket, 'close');
      socket.removeAllListeners('error').on('error', () => {});
      socket.destroy();
      return closed;
    }),
  );
  sockets = [];
}

/** All come back at once. Ready when each has got what it missed; milliseconds since the first knocked. */
async function comeBack(storm: Storm): Promise<{ p50: number; p99: number; last: number }> {
  const start = performance.now();
  const times: number[] = [];
  // Ours and the plain server say when a resume is complete.
  const frames = storm.missed + (storm.dialect === 'socket-io' ? 0 : 1);
  const done = Promise.withResolvers<void>();
  const onCaughtUp = () => {
    if (times.push(performance.now() - start) === storm.count) done.resolve();
  };
  sockets = await openClients(storm, (index) => {
    let left = frames;
    const onFrame = () => {
      left -= 1;
      if (left === 0) onCaughtUp();
    };
    return { hello: helloOf(storm, index), onFrame };
  });
  for (const socket of sockets) socket.on('close', () => done.reject(new Error('the server closed a connection')));
  await done.promise;
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), last: Math.max(...times) };
}

function helloOf({ dialect, count, epoch }: Storm, index: number): string {
  if (dialect === 'socket-io') return `40${JSON.stringify({ pid: pids[index], offset: offsets[index] })}`;
  const positions = Object.fromEntries(topicsOf(index, count).map((topic) => [topic, { epoch, offset: 0 }]));
  return JSON.stringify({ type: 'resume', positions });
}

const calls = { connect, hear, cut, comeBack };
export type StormLoad = typeof calls;

answerCalls(calls);
