import { chatTopic, type Position } from '@parley/contract';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

export const doors = ['/ws', 'Socket.IO', 'Socket.IO polling', '/pubsub'] as const;
export type Door = (typeof doors)[number];

/**
 * A client of one chat that keeps its log by the documented rules alone: at every connection it says where it stands, and
 * drops what is not above that. It never loads a page, so whatever it has came as an event.
 */
export interface Follower {
  readonly door: Door;
  readonly chatId: string;
  /** Ids of messages, as they were taken. */
  readonly taken: readonly string[];
  /** Events that were not above its position: told again by a replay. */
  repeats(): number;
  /** Resyncs, refusals, other epochs: nothing of that may come. */
  readonly surprises: readonly string[];
  connections(): number;
  isOnline(): boolean;
  /** Breaks the connection; it comes back by itself. */
  cut(): void;
  stop(): void;
}

export interface FollowerOptions {
  door: Door;
  /** Any instance that may be there; asked again at every connection. */
  url(): string;
  /** For `/ws` and Socket.IO, and with scopes for `/pubsub`. */
  tokens: { access: string; scoped: string };
  chatId: string;
  since: Position;
}

/** What a door must do: connect, tell what comes, and tell when the connection is gone. */
interface Line {
  close(): void;
}
interface Ear {
  online(): void;
  event(position: Position & { id?: string }): void;
  surprise(what: string): void;
  gone(): void;
}
type Dial = (url: string, options: FollowerOptions, since: Position, ear: Ear) => Line;

const retryMs = 100;
const patienceMs = 10_000;

export function startFollower(options: FollowerOptions): Follower {
  const taken: string[] = [];
  const surprises: string[] = [];
  const dial = dials[options.door];
  let position = options.since;
  let line: Line | undefined;
  let connections = 0;
  let repeats = 0;
  let isOnline = false;
  let hasStopped = false;

  function connect(): void {
    if (hasStopped) return;
    let isOver = false;
    const ear: Ear = {
      online() {
        clearTimeout(patience);
        isOnline = !isOver;
        connections += 1;
      },
      event: (event) => isOver || take(event),
      surprise: (what) => isOver || surprises.push(what),
      gone() {
        if (isOver) return;
        isOver = true;
        isOnline = false;
        clearTimeout(patience);
        line?.close();
        setTimeout(connect, retryMs * (0.5 + Math.random()));
      },
    };
    const patience = setTimeout(ear.gone, patienceMs);
    line = dial(options.url(), options, position, ear);
    cut = ear.gone;
  }

  function take({ epoch, offset, id }: Position & { id?: string }): void {
    if (epoch !== position.epoch) return void surprises.push(`epoch ${epoch}`);
    if (offset <= position.offset) {
      repeats += 1;
      return;
    }
    position = { epoch, offset };
    if (id !== undefined) taken.push(id);
  }

  let cut: () => void = () => {};
  connect();
  return {
    door: options.door,
    chatId: options.chatId,
    taken,
    repeats: () => repeats,
    surprises,
    connections: () => connections,
    isOnline: () => isOnline,
    cut: () => cut(),
    stop() {
      hasStopped = true;
      line?.close();
      cut();
    },
  };
}

type Told = Position & { type?: string; topic?: string; message?: { id: string } };

const dials: Record<Door, Dial> = {
  '/ws': dialWebSocket,
  'Socket.IO': (...args) => dialSocketIO('websocket', ...args),
  'Socket.IO polling': (...args) => dialSocketIO('polling', ...args),
  '/pubsub': dialPubSub,
};

function dialWebSocket(url: string, { tokens, chatId }: FollowerOptions, since: Position, ear: Ear): Line {
  const topic = chatTopic(chatId);
  const socket = openWebSocket(`${url}/ws`, ear, () => {
    socket.send(JSON.stringify({ type: 'auth', token: tokens.access }));
    socket.send(JSON.stringify({ type: 'resume', positions: { [topic]: since } }));
  });
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Told;
    if (frame.type === 'resumed') ear.online();
    else if (frame.type === 'reconnect') setTimeout(ear.gone, 50);
    else if (frame.type === 'resync' || frame.type === 'error') ear.surprise(String(data));
    else if (frame.topic === topic) ear.event(toEvent(frame, frame.type === 'message'));
  });
  return { close: () => socket.terminate() };
}

function dialSocketIO(
  transport: 'websocket' | 'polling',
  url: string,
  { tokens, chatId }: FollowerOptions,
  since: Position,
  ear: Ear,
): Line {
  const topic = chatTopic(chatId);
  const auth = { token: tokens.access, since: { [topic]: since } };
  const socket = io(url, { transports: [transport], forceNew: true, reconnection: false, auth });
  socket.on('resumed', ear.online);
  socket.on('connect_error', ({ message }) => {
    if (/^[A-Z_]+$/.test(message)) ear.surprise(message);
    ear.gone();
  });
  socket.on('disconnect', ear.gone);
  socket.on('reconnect', () => setTimeout(ear.gone, 50));
  socket.on('resync', () => ear.surprise('resync'));
  socket.on('error', (error) => ear.surprise(JSON.stringify(error)));
  socket.onAny((name: string, payload: Told) => {
    if (payload?.topic === topic) ear.event(toEvent(payload, name === 'message.new'));
  });
  return { close: () => void socket.close() };
}

function dialPubSub(url: string, { tokens, chatId }: FollowerOptions, since: Position, ear: Ear): Line {
  const topic = `chat:message.${chatId}`;
  const socket = openWebSocket(`${url}/pubsub`, ear, () => {
    const data = { topics: [topic], auth_token: tokens.scoped, since: { [topic]: since } };
    socket.send(JSON.stringify({ type: 'LISTEN', nonce: 'n', data }));
  });
  socket.on('message', (text) => {
    const { type, error, data } = JSON.parse(String(text)) as {
      type: string;
      error?: string;
      data?: { resync?: string[]; message: string } & Position;
    };
    if (type === 'RECONNECT') setTimeout(ear.gone, 50);
    else if (type === 'RESPONSE') {
      if (error !== '' || (data?.resync?.length ?? 0) > 0) ear.surprise(String(text));
      else ear.online();
    } else if (type === 'MESSAGE' && data !== undefined) {
      ear.event(toEvent({ ...(JSON.parse(data.message) as Told), epoch: data.epoch, offset: data.offset }, true));
    } else if (type === 'AUTH_REVOKED') ear.surprise(String(text));
  });
  return { close: () => socket.terminate() };
}

const toEvent = ({ epoch, offset, message }: Told, isMessage: boolean): Position & { id?: string } => ({
  epoch,
  offset,
  ...(isMessage ? { id: message!.id } : {}),
});

function openWebSocket(address: string, ear: Ear, onOpen: () => void): WebSocket {
  const socket = new WebSocket(address.replace(/^http/, 'ws'), { handshakeTimeout: 5_000 });
  socket.on('open', onOpen);
  socket.on('error', () => undefined);
  socket.on('close', ear.gone);
  return socket;
}
