import { connect, type Socket } from 'node:net';
import { clientFrame, clientPong, isPing, isText, newStream, scan } from './frames.ts';

export interface SocketOptions {
  port: number;
  path: string;
  /** Sent when the upgrade is done. */
  hello?: string | undefined;
  /** Frames that the server sends before the connection is of use. */
  greetings?: number;
  onFrame?(length: number): void;
  /** Sees the bytes of frames as they come; they are gone when it returns. */
  onBytes?(bytes: Buffer): void;
}

/** One buffer for all reads: what is read is counted at once and never kept. */
const shared = Buffer.allocUnsafe(256 * 1024);
const endOfHead = Buffer.from('\r\n\r\n');
/** Socket.IO's own ping and its answer (Engine.IO protocol 4). */
const enginePong = clientFrame('3');

/**
 * A WebSocket client that costs little more than its reads: no objects per frame, no copy, no unmasking. It answers
 * pings, and resolves when the connection is of use.
 */
export function openSocket(options: SocketOptions): Promise<Socket> {
  const opened = Promise.withResolvers<Socket>();
  const stream = newStream();
  let isOpen = false;
  let greetings = options.greetings ?? 0;

  function onFrame(opcode: number, length: number): void {
    if (isPing(opcode)) return void socket.write(clientPong);
    if (!isText(opcode)) return void socket.destroy();
    if (length === 1) return void socket.write(enginePong);
    if (greetings > 0) {
      greetings -= 1;
      if (greetings === 0) opened.resolve(socket);
      return;
    }
    options.onFrame?.(length);
  }

  function onBytes(count: number, bytes: Uint8Array): boolean {
    if (!isOpen) onHead(Buffer.from(bytes.subarray(0, count)));
    else {
      options.onBytes?.(shared.subarray(0, count));
      scan(stream, bytes, count, onFrame);
    }
    return true;
  }

  function onHead(bytes: Buffer): void {
    const end = bytes.indexOf(endOfHead);
    if (end < 0 || !bytes.includes(' 101 ')) {
      opened.reject(new Error(`no upgrade: ${bytes.toString('latin1', 0, 200)}`));
      socket.destroy();
      return;
    }
    isOpen = true;
    if (options.hello !== undefined) socket.write(clientFrame(options.hello));
    if (greetings === 0) opened.resolve(socket);
    const rest = bytes.subarray(end + endOfHead.length);
    scan(stream, rest, rest.length, onFrame);
  }

  const socket = connect({
    host: '127.0.0.1',
    port: options.port,
    noDelay: true,
    onread: { buffer: shared, callback: onBytes },
  });
  socket.on('connect', () => socket.write(upgradeRequest(options.path)));
  socket.on('error', opened.reject);
  socket.on('close', () => opened.reject(new Error(`closed by the server (${options.path})`)));
  return opened.promise;
}

const upgradeRequest = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

/** Many at once, never so many that the server's queue of new connections overflows. */
export async function openSockets(count: number, open: (index: number) => Promise<Socket>): Promise<Socket[]> {
  const sockets: Socket[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < count) sockets.push(await open(next++));
  }
  await Promise.all(Array.from({ length: 64 }, work));
  return sockets;
}
