import type { WebSocket } from 'ws';
import { closeCodes } from '../../close-codes.ts';
import { isHiddenFrom } from '../../hidden.ts';
import { RawSocket } from '../../sockets/raw-socket.ts';
import { NOT_SCHEDULED, type WheelEntry } from '../../timing-wheel.ts';
import type { Identity } from '../../types.ts';
import type { Told } from './event-frames.ts';
import { Listener, type Listening } from './listener.ts';
import type { PubSubRoom } from './room.ts';

/** How long a peer may take to answer a close. */
const CLOSE_GRACE_MS = 2000;
/** A client that sends its PING every five minutes on the dot is on time. */
const PING_GRACE_MS = 30_000;

/** One socket: what it listens to, and for whom. */
export class PubSubSocket extends RawSocket implements WheelEntry {
  readonly id: string;
  readonly room: PubSubRoom;
  readonly address: string;
  readonly topics = new Map<string, Listening>();
  readonly #listeners = new Map<string, Listener>();
  isClosed = false;
  wheelSlot = NOT_SCHEDULED;
  wheelTick = 0;
  inFlight = 0;
  badFrames = 0;
  serial: Map<string, Promise<void>> | undefined = undefined;
  #pingBy: number;
  /** Until when it must have listened to something. */
  #listenBy: number;
  #lastListener = 0;

  constructor(room: PubSubRoom, webSocket: WebSocket, id: string, address: string) {
    super(room, webSocket);
    this.room = room;
    this.id = id;
    this.address = address;
    const now = room.now();
    this.#pingBy = now + room.pingMs + PING_GRACE_MS;
    this.#listenBy = now + room.firstListenMs;
    this.watch();
  }

  /** The session's listener on this socket. Undefined when its user has too many connections. */
  listenerOf(identity: Identity): Listener | undefined {
    const known = this.#listeners.get(identity.sessionId);
    if (known !== undefined) return known;
    const { connections } = this.room;
    if (!connections.hasRoomFor(identity.userId)) return undefined;
    this.#lastListener += 1;
    const listener = new Listener(this, `${this.id}.${this.#lastListener}`, identity);
    this.#listeners.set(identity.sessionId, listener);
    connections.add(listener);
    return listener;
  }

  tell(told: Told, userId: string): void {
    if (isHiddenFrom(told.event, userId)) return;
    this.enqueue(told.frame(told.event.actor === userId));
  }

  add(listening: Listening): void {
    this.topics.set(listening.topic, listening);
  }

  drop(listening: Listening): void {
    if (this.topics.get(listening.topic) === listening) this.topics.delete(listening.topic);
    listening.leave();
  }

  /** Silent on these topics at once, and told so. */
  revoke(listenings: readonly Listening[]): void {
    const heard = listenings.filter(({ topic }) => this.topics.has(topic));
    for (const listening of listenings) this.drop(listening);
    if (heard.length === 0 || this.isClosed) return;
    this.send({ type: 'AUTH_REVOKED', data: { topics: heard.map(({ topic }) => topic) } });
    if (this.topics.size === 0) this.#listenBy = this.room.now() + this.room.firstListenMs;
    for (const { listener } of heard) this.releaseIfIdle(listener);
    this.watch();
  }

  revokeAllOf(listener: Listener): void {
    this.revoke(this.#topicsOf(listener));
    this.#release(listener);
  }

  /** A listener without topics is nobody's connection. */
  releaseIfIdle(listener: Listener): void {
    if (this.#topicsOf(listener).length === 0) this.#release(listener);
  }

  #topicsOf(listener: Listener): Listening[] {
    return Array.from(this.topics.values()).filter((listening) => listening.listener === listener);
  }

  #release(listener: Listener, isClean = true): void {
    if (listener.isGone) return;
    listener.leave();
    this.#listeners.delete(listener.sessionId);
    this.room.connections.remove(listener, isClean);
  }

  /** It did what one connects for: it may stay. */
  settle(): void {
    this.#listenBy = Number.POSITIVE_INFINITY;
    this.watch();
  }

  pinged(): void {
    this.#pingBy = this.room.now() + this.room.pingMs + PING_GRACE_MS;
  }

  onDeadline(): void {
    if (this.isClosed) this.webSocket.terminate();
    else this.#checkDeadlines();
  }

  #checkDeadlines(): void {
    const now = this.room.now();
    this.revoke(
      Array.from(this.topics.values()).filter(({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt <= now),
    );
    if (this.#pingBy <= now) this.close(closeCodes.ping_timeout, 'no PING in time');
    else if (this.#listenBy <= now) this.close(closeCodes.auth_timeout, 'nothing listened to in time');
    else this.watch();
  }

  /** Wakes up at the first deadline: the next PING, the first LISTEN, the end of a token. */
  watch(): void {
    if (this.isClosed) return;
    let first = Math.min(this.#pingBy, this.#listenBy);
    for (const { expiresAt } of this.topics.values()) first = Math.min(first, expiresAt ?? first);
    this.room.wheel.schedule(this, Math.max(0, first - this.room.now()));
  }

  /** The door cannot keep its promise: the client comes back and resumes. */
  fail(error: unknown): void {
    this.room.logger.warn({ err: error }, 'a PubSub connection is closed: what it may hear could not be read');
    this.close(closeCodes.try_again, 'try again');
  }

  close(code: number, reason: string): void {
    if (this.isClosed) return;
    this.flush();
    this.leave(code !== closeCodes.slow_reader);
    this.webSocket.close(code, reason);
    this.room.wheel.schedule(this, CLOSE_GRACE_MS);
  }

  leave(isClean: boolean): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.dropPending();
    this.room.wheel.cancel(this);
    for (const listening of Array.from(this.topics.values())) this.drop(listening);
    for (const listener of Array.from(this.#listeners.values())) this.#release(listener, isClean);
  }
}
