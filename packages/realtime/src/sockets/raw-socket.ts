import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { closeCodes } from '../close-codes.ts';
import { append, type Batch, batchOf, bytesOf } from './batch.ts';
import type { Outbox } from './outbox.ts';
import { encodeText } from './wire.ts';

/** More may wait for a socket only of what is live; a replay goes on when no more than this does. */
const REPLAY_WATERMARK = 64 * 1024;
const OPEN = 1;

/** What the sockets of one door write with. */
export interface WritingRoom {
  readonly outbox: Outbox;
  readonly counters: { slowReaders: number };
  readonly maxBufferedBytes: number;
}

/**
 * The writing half of a WebSocket: frames that are bytes already, all that waits in one write, a bound on what the peer
 * has not read.
 */
export abstract class RawSocket {
  readonly webSocket: WebSocket;
  readonly #room: WritingRoom;
  readonly #socket: Socket;
  #pending: Batch | undefined = undefined;

  constructor(room: WritingRoom, webSocket: WebSocket) {
    this.webSocket = webSocket;
    this.#room = room;
    this.#socket = (webSocket as unknown as { _socket: Socket })._socket;
  }

  /** True once nothing more is to be sent. */
  abstract readonly isClosed: boolean;
  abstract close(code: number, reason: string): void;

  send(frame: object): void {
    this.enqueue(batchOf(encodeText(JSON.stringify(frame))));
  }

  enqueue(frame: Batch): void {
    if (this.isClosed) return;
    if (this.#pending !== undefined) {
      this.#pending = append(this.#pending, frame);
      return;
    }
    this.#pending = frame;
    this.#room.outbox.add(this);
  }

  /** Everything that waits leaves in one write. A reader that is too far behind is closed: it resumes by position. */
  flush(): void {
    const batch = this.#pending;
    this.#pending = undefined;
    if (batch !== undefined && this.webSocket.readyState === OPEN) this.write(bytesOf(batch));
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
    if (this.#socket.writableLength > this.#room.maxBufferedBytes) this.closeSlowReader();
  }

  /** Flushes, and resolves when the peer has read most of it or is gone; undefined when there is nothing to wait for. */
  caughtUp(): Promise<void> | undefined {
    this.flush();
    return this.#socket.writableLength > REPLAY_WATERMARK ? drained(this.#socket) : undefined;
  }

  closeSlowReader(): void {
    this.#room.counters.slowReaders += 1;
    this.close(closeCodes.slow_reader, 'reading too slowly');
  }

  protected dropPending(): void {
    this.#pending = undefined;
  }
}

/** Resolves when the socket took what was written, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    function done(): void {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    }
    if (socket.destroyed || !socket.writableNeedDrain) return resolve();
    socket.on('drain', done);
    socket.on('close', done);
  });
}
