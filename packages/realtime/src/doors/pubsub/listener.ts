import type { Connection, Identity } from '../../types.ts';
import type { PubSubSocket } from './connection.ts';
import { Follower } from './follower.ts';

/** One topic that a socket listens to. */
export interface Listening {
  readonly topic: string;
  readonly listener: Listener;
  /** When the token it was listened to with ends. */
  expiresAt: number | undefined;
  /** From here on nothing more is heard. */
  leave(): void;
}

/** A topic that is picked out of all that is the user's. */
export class FollowedTopic implements Listening {
  readonly topic: string;
  readonly listener: Listener;
  readonly #alsoOn: string;
  expiresAt: number | undefined;

  constructor(listener: Listener, topic: string, alsoOn: string) {
    this.topic = topic;
    this.listener = listener;
    this.#alsoOn = alsoOn;
  }

  start(within: string | undefined): Promise<void> {
    return this.listener.follower.add(this.topic, within, this.#alsoOn);
  }

  leave(): void {
    this.listener.follower.remove(this.topic, this.#alsoOn);
  }
}

/**
 * One session on one socket. Each LISTEN brings a token, so a socket may listen for several people; in the registry
 * each of them is a connection of its own, and closing it takes back its topics, not the socket.
 */
export class Listener implements Connection {
  readonly door = 'pubsub';
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly socket: PubSubSocket;
  /** Hears all that is the user's, for topics without an id. */
  #follower: Follower | undefined = undefined;
  active = true;
  isGone = false;

  constructor(socket: PubSubSocket, id: string, { userId, sessionId }: Identity) {
    this.socket = socket;
    this.id = id;
    this.userId = userId;
    this.sessionId = sessionId;
  }

  get follower(): Follower {
    this.#follower ??= new Follower(this);
    return this.#follower;
  }

  leave(): void {
    this.isGone = true;
    this.#follower?.stop();
  }

  close(_code: number, _reason: string): void {
    this.socket.revokeAllOf(this);
  }
}
