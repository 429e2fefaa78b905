import type { Server, Socket } from 'socket.io';
import type { Lobby } from './lobby.ts';

/** Replays go on when no more than this waits for the transport. */
const REPLAY_WATERMARK = 64 * 1024;

const flowKey = Symbol('flow');

/** What waits for one transport. It takes the next batch only when the one before it has left this process. */
interface Flow {
  readonly lobby: Lobby;
  readonly address: string;
  waitingBytes: number;
  sendingBytes: number;
  isClosing: boolean;
}

interface Packet {
  data?: unknown;
  options?: { wsPreEncodedFrame?: Buffer[] };
}

export type Conn = Socket['conn'] & { [flowKey]?: Flow };

/** Bounds what is kept for readers that are too slow, and counts connections by address. */
export function boundBuffers(lobby: Lobby, engine: Server['engine']): void {
  engine.on('connection', (conn: Conn) => {
    const address = lobby.addressOf(conn.request);
    if (!lobby.connections.enterAddress(address)) {
      conn.close(true);
      return;
    }
    conn[flowKey] = { lobby, address, waitingBytes: 0, sendingBytes: 0, isClosing: false };
    conn.on('packetCreate', onPacket as (packet: unknown) => void);
    conn.on('flush', onFlush);
    conn.on('close', onClose);
  });
}

function onPacket(this: Conn, packet: Packet): void {
  const flow = this[flowKey] as Flow;
  flow.waitingBytes += sizeOf(packet);
  if (this.transport.writable || flow.isClosing) return;
  if (flow.waitingBytes + flow.sendingBytes <= flow.lobby.maxBufferedBytes) return;
  flow.isClosing = true;
  flow.lobby.counters.slowReaders += 1;
  // Not in the middle of a broadcast.
  setImmediate(() => dropSlowReader(this));
}

function onFlush(this: Conn): void {
  const flow = this[flowKey] as Flow;
  flow.sendingBytes = flow.waitingBytes;
  flow.waitingBytes = 0;
}

function onClose(this: Conn): void {
  const flow = this[flowKey] as Flow;
  flow.lobby.connections.leaveAddress(flow.address);
}

/** Its client sees the transport close, comes back by itself and resumes by position. */
function dropSlowReader(conn: Conn): void {
  const { socket } = conn.transport as unknown as { socket?: { terminate?(): void } };
  conn.close(true);
  socket?.terminate?.();
}

function sizeOf({ data, options }: Packet): number {
  if (options?.wsPreEncodedFrame !== undefined) {
    let size = 0;
    for (const part of options.wsPreEncodedFrame) size += part.length;
    return size;
  }
  if (typeof data === 'string' || Buffer.isBuffer(data)) return data.length;
  return 0;
}

/** Resolves when the transport can take more, or is gone. */
export async function hasRoom(conn: Conn): Promise<void> {
  const flow = conn[flowKey];
  while (flow !== undefined && flow.waitingBytes > REPLAY_WATERMARK && conn.readyState === 'open') {
    await new Promise<void>((resolve) => {
      function done(): void {
        conn.off('drain', done);
        conn.off('close', done);
        resolve();
      }
      conn.on('drain', done);
      conn.on('close', done);
    });
  }
}
