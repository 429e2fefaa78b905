import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

const DEFAULT_TIMEOUT_MS = 5000;

export interface SocketClientOptions extends Partial<ManagerOptions & SocketOptions> {
  token?: string;
  /** Called before it connects: what listens here misses nothing. */
  prepare?: (client: Socket) => void;
}

/** A connected client of its own connection. Rejects with what `connect_error` says. */
export function connectSocketClient(
  url: string,
  { token, prepare, ...options }: SocketClientOptions = {},
): Promise<Socket> {
  const client = io(url, {
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
    ...(token === undefined ? {} : { auth: { token } }),
    ...options,
    autoConnect: false,
  });
  prepare?.(client);
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client));
    client.once('connect_error', (error) => {
      client.disconnect();
      reject(error);
    });
    client.connect();
  });
}

export async function disconnectSocketClient(client: Socket): Promise<void> {
  if (!client.connected) return;
  const gone = new Promise((resolve) => client.once('disconnect', resolve));
  client.disconnect();
  await gone;
}

/** The payload of the next event of this name. Listen before you cause it. */
export function waitForEvent<T = unknown>(client: Socket, event: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    function take(payload: T): void {
      clearTimeout(timer);
      resolve(payload);
    }
    const timer = setTimeout(() => {
      client.off(event, take);
      reject(new Error(`No event "${event}" within ${timeoutMs} ms`));
    }, timeoutMs);
    client.once(event, take as (payload: unknown) => void);
  });
}

export function emitWithAck<T = unknown>(
  client: Socket,
  event: string,
  payload: unknown,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  return client.timeout(timeoutMs).emitWithAck(event, payload) as Promise<T>;
}
