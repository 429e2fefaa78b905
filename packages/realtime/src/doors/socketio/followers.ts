import type { Socket } from 'socket.io';
import type { Hub } from '../../hub/hub.ts';
import type { HubEvent, Subscriber } from '../../types.ts';
import type { Broadcaster } from './broadcaster.ts';

/** How long a user without sockets stays subscribed: a reconnect finds everything still there. */
const IDLE_MS = 10_000;

/** One user on this instance: the hub tells it once, however many sockets the user has. */
export class Follower implements Subscriber {
  readonly userId: string;
  readonly sockets = new Set<Socket>();
  /** Topics that are followed only because sockets joined their rooms, with those sockets. */
  readonly visits = new Map<string, Set<Socket>>();
  readonly #broadcaster: Broadcaster;
  readonly #roomOf: (topic: string) => string;
  ready: Promise<void> = Promise.resolve();
  idleSince = 0;
  isReleased = false;

  constructor(userId: string, broadcaster: Broadcaster, roomOf: (topic: string) => string) {
    this.userId = userId;
    this.#broadcaster = broadcaster;
    this.#roomOf = roomOf;
  }

  deliver(event: HubEvent): void {
    this.#broadcaster.add(event, this);
  }

  replay(event: HubEvent): void {
    this.#broadcaster.tellUser(event, this);
  }

  revoked(topic: string): void {
    this.#broadcaster.flush();
    this.visits.delete(topic);
    const room = this.#roomOf(topic);
    for (const socket of this.sockets) void socket.leave(room);
  }

  granted(topic: string): void {
    this.visits.delete(topic);
  }

  resync(topics: readonly string[]): void {
    for (const socket of this.sockets) socket.emit('resync', { topics });
  }

  /** Clients whose transport closes come back by themselves, and resume. */
  lost(): void {
    this.isReleased = true;
    for (const socket of this.sockets) socket.conn.close();
  }
}

export interface Followers {
  readonly size: number;
  /** The user's follower, subscribed to all that is the user's. */
  acquire(userId: string): Promise<Follower>;
  touch(follower: Follower): void;
  close(): void;
}

interface FollowersOptions {
  hub: Hub;
  broadcaster: Broadcaster;
  roomOf(topic: string): string;
  topicsOf(userId: string): Promise<readonly string[]>;
  rootTopicOf(userId: string): string;
}

export function createFollowers({ hub, broadcaster, roomOf, topicsOf, rootTopicOf }: FollowersOptions): Followers {
  const byUser = new Map<string, Follower>();
  const timer = setInterval(releaseIdle, IDLE_MS);
  timer.unref();

  function create(userId: string): Follower {
    const follower = new Follower(userId, broadcaster, roomOf);
    byUser.set(userId, follower);
    follower.ready = hub
      .follow(follower, rootTopicOf(userId), () => topicsOf(userId))
      .catch((error) => {
        release(follower);
        throw error;
      });
    return follower;
  }

  async function acquire(userId: string): Promise<Follower> {
    const present = byUser.get(userId);
    const follower = present === undefined || present.isReleased ? create(userId) : present;
    follower.idleSince = performance.now();
    await follower.ready;
    follower.idleSince = performance.now();
    return follower;
  }

  function release(follower: Follower): void {
    follower.isReleased = true;
    if (byUser.get(follower.userId) === follower) byUser.delete(follower.userId);
    hub.unsubscribeAll(follower);
  }

  function releaseIdle(): void {
    const latest = performance.now() - IDLE_MS;
    for (const follower of byUser.values()) {
      if (follower.sockets.size === 0 && follower.idleSince < latest) release(follower);
    }
  }

  return {
    get size() {
      return byUser.size;
    },
    acquire,
    touch(follower) {
      follower.idleSince = performance.now();
      if (follower.isReleased && follower.sockets.size === 0) release(follower);
    },
    close() {
      clearInterval(timer);
      for (const follower of Array.from(byUser.values())) release(follower);
    },
  };
}
