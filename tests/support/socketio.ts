import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

export interface Ack {
  ok: boolean;
  data?: Record<string, unknown>;
  error?: string;
  message?: string;
  correlationId?: string;
}

/** A socket of `socket.io-client`, with all it was told. */
export interface Talker {
  readonly socket: Socket;
  ask(event: string, payload?: unknown): Promise<Ack>;
  emit(event: string, payload?: unknown): void;
  /** Payloads of this event so far. */
  heard(event: string): Record<string, unknown>[];
  isConnected(): boolean;
  /** The reason that the client was given. */
  disconnectedBy(): string | undefined;
  close(): void;
}

const answerMs = 20_000;

/** Connects to the namespace in the address. Rejects as `connect_error` does. */
export async function connectSocketIO(
  address: string,
  token: string | undefined,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<Talker> {
  const socket = io(address, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(token === undefined ? {} : { auth: { token } }),
    ...options,
  });
  const heard = new Map<string, Record<string, unknown>[]>();
  let reason: string | undefined;
  socket.onAny((event: string, payload) => heard.set(event, [...(heard.get(event) ?? []), payload]));
  socket.on('disconnect', (why) => {
    reason = why;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
  return {
    socket,
    ask: (event, payload) => socket.timeout(answerMs).emitWithAck(event, payload),
    emit: (event, payload) => void socket.emit(event, payload),
    heard: (event) => heard.get(event) ?? [],
    isConnected: () => socket.connected,
    disconnectedBy: () => reason,
    close: () => void socket.close(),
  };
}
