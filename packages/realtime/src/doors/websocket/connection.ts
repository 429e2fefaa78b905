import type { WebSocket } from 'ws';
import { closeCodes } from '../../close-codes.ts';
import { isHiddenFrom } from '../../hidden.ts';
import { RawSocket } from '../../sockets/raw-socket.ts';
import { pingFrame } from '../../sockets/wire.ts';
import { NOT_SCHEDULED, type WheelEntry } from '../../timing-wheel.ts';
import type { CommandContext, Connection, HubEvent, Identity, Refusal, Subscriber } from '../../types.ts';
import type { Frame, Room } from './room.ts';

/** How long a peer may take to answer a close. */
const CLOSE_GRACE_MS = 2000;

export type Phase = 'new' | 'authenticating' | 'open' | 'closed';

/**
 * One socket: a subscriber of the hub, an entry of the wheel, a connection of the registry. A class, because thousands
 * of these share their functions and nothing may be allocated for each of them beyond these fields.
 */
export class SocketConnection extends RawSocket implements Connection, Subscriber, WheelEntry, CommandContext {
  readonly door = 'websocket';
  readonly id: string;
  readonly room: Room;
  readonly address: string;
  active = true;
  phase: Phase = 'new';
  wheelSlot = NOT_SCHEDULED;
  wheelTick = 0;
  inFlight = 0;
  badFrames = 0;
  /** Frames that came while the token was being checked, or too much was under way. Nothing more is read meanwhile. */
  backlog: Frame[] | undefined = undefined;
  /** The last command of each serial key. */
  serial: Map<string, Promise<void>> | undefined = undefined;
  #identity: Identity | undefined = undefined;
  #unansweredPings = 0;

  constructor(room: Room, webSocket: WebSocket, id: string, address: string) {
    super(room, webSocket);
    this.room = room;
    this.id = id;
    this.address = address;
  }

  get connection(): Connection {
    return this;
  }

  get isClosed(): boolean {
    return this.phase === 'closed';
  }

  get identity(): Identity {
    return this.#identity as Identity;
  }

  set identity(identity: Identity) {
    this.#identity = identity;
  }

  get userId(): string {
    return this.#identity?.userId ?? '';
  }

  get sessionId(): string {
    return this.#identity?.sessionId ?? '';
  }

  deliver(event: HubEvent): void {
    if (isHiddenFrom(event, this.userId)) return;
    const frame = this.room.frames.shared(event, event.actor === this.userId);
    if (frame !== undefined) this.enqueue(frame);
  }

  resync(topics: readonly string[]): void {
    this.send({ type: 'resync', topics });
  }

  lost(): void {
    this.close(closeCodes.try_again, 'try again');
  }

  sendError(refusal: Refusal, ref?: unknown): void {
    this.send({ type: 'error', ...(ref === undefined ? {} : { ref }), ...refusal });
  }

  /** Events that were missed, no faster than the peer reads them. */
  async replayAll(events: readonly HubEvent[]): Promise<void> {
    for (const event of events) {
      if (!this.room.hub.isSubscribed(this, event.topic)) return;
      this.deliver(event);
      const caughtUp = this.caughtUp();
      if (caughtUp !== undefined) await caughtUp;
    }
  }

  heard(): void {
    this.#unansweredPings = 0;
  }

  onDeadline(): void {
    if (this.phase === 'closed') this.webSocket.terminate();
    else if (this.phase !== 'open') this.close(closeCodes.auth_timeout, 'not authenticated in time');
    else if (this.#isExpired()) this.close(closeCodes.token_expired, 'token expired');
    else if (this.#unansweredPings >= 2) this.webSocket.terminate();
    else this.#ping();
  }

  #isExpired(): boolean {
    const { expiresAt } = this.identity;
    return expiresAt !== undefined && expiresAt <= this.room.now();
  }

  #ping(): void {
    this.#unansweredPings += 1;
    this.write(pingFrame);
    if (!this.isClosed) this.keepAlive();
  }

  /** Wakes up for the next ping or when the token ends, whichever is first. */
  keepAlive(): void {
    const { expiresAt } = this.identity;
    const left = expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt - this.room.now();
    this.room.wheel.schedule(this, Math.min(this.room.pingMs, Math.max(0, left)));
  }

  close(code: number, reason: string): void {
    if (this.phase === 'closed') return;
    this.flush();
    this.leave(code !== closeCodes.slow_reader);
    // A socket that is not read would never hear the peer's answer to the close.
    this.webSocket.resume();
    this.webSocket.close(code, reason);
    this.room.wheel.schedule(this, CLOSE_GRACE_MS);
  }

  /** From here on nothing is delivered; the socket itself may take a moment to go. */
  leave(isClean: boolean): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.backlog = undefined;
    this.dropPending();
    this.room.wheel.cancel(this);
    this.room.hub.unsubscribeAll(this);
    this.room.connections.remove(this, isClean);
  }
}
