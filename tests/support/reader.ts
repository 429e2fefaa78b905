import type { Message, Position } from '@parley/contract';
import { WebSocket } from 'ws';
import type { Frame } from './wscat.ts';

/**
 * A receiver on `/ws` that keeps the log of its chats by the documented rules alone: `auth` and `resume` right behind each
 * other at every connection, events not above the topic's position dropped. It never loads a page, so whatever it has came
 * as an event.
 */
export interface Reader {
  /** By chat, as they came. */
  readonly logs: ReadonlyMap<string, Message[]>;
  /** Frames that must not come: resyncs, errors, events of unknown topics. */
  readonly surprises: Frame[];
  connections(): number;
  isOnline(): boolean;
  /** Finds out soon whether the connection still stands. */
  probe(): void;
  stop(): void;
}

interface Options {
  url: string;
  token(): string;
  /** `chat:<id>` -> where to begin. */
  positions: ReadonlyMap<string, Position>;
}

const retryMs = 50;
const answerMs = 1_000;

export function startReader({ url, token, positions: begin }: Options): Reader {
  const positions = new Map(begin);
  const logs = new Map<string, Message[]>([...begin.keys()].map((topic) => [topic.slice('chat:'.length), []]));
  const surprises: Frame[] = [];
  let socket: WebSocket | undefined;
  let connections = 0;
  let isOnline = false;
  let hasStopped = false;
  let doubt: NodeJS.Timeout | undefined;

  function connect(): void {
    if (hasStopped) return;
    const opened = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { handshakeTimeout: 2_000 });
    socket = opened;
    opened.on('open', () => {
      connections += 1;
      opened.send(JSON.stringify({ type: 'auth', token: token() }));
      opened.send(JSON.stringify({ type: 'resume', positions: Object.fromEntries(positions) }));
    });
    opened.on('message', (data) => opened === socket && take(JSON.parse(String(data)) as Frame));
    opened.on('error', () => undefined);
    opened.on('close', () => opened === socket && comeBack());
  }

  function comeBack(): void {
    clearTimeout(doubt);
    doubt = undefined;
    isOnline = false;
    socket?.terminate();
    socket = undefined;
    setTimeout(connect, retryMs);
  }

  function take(frame: Frame): void {
    clearTimeout(doubt);
    doubt = undefined;
    const { type, topic, epoch, offset } = frame;
    if (type === 'resumed') isOnline = true;
    if (type === 'resync' || type === 'error') surprises.push(frame);
    if (typeof topic !== 'string' || typeof offset !== 'number' || !topic.startsWith('chat:')) return;
    const known = positions.get(topic);
    if (known === undefined || known.epoch !== epoch) return void surprises.push(frame);
    if (offset <= known.offset) return;
    positions.set(topic, { epoch: known.epoch, offset });
    if (type === 'message') logs.get(topic.slice('chat:'.length))!.push(frame.message as Message);
  }

  connect();
  return {
    logs,
    surprises,
    connections: () => connections,
    isOnline: () => isOnline,
    probe() {
      if (socket?.readyState !== WebSocket.OPEN || doubt !== undefined) return;
      socket.send('{"type":"ping"}');
      doubt = setTimeout(comeBack, answerMs);
    },
    stop() {
      hasStopped = true;
      clearTimeout(doubt);
      socket?.terminate();
    },
  };
}
