import { closeCodes } from '../../close-codes.ts';
import type { HubEvent, Subscriber } from '../../types.ts';
import type { Told } from './event-frames.ts';
import type { Listener } from './listener.ts';
import { Part } from './part.ts';

/**
 * Hears all that is one user's, once for all topics that are not one hub topic. Joining and leaving take effect with
 * the events that tell of them: the hub grants and revokes, and parts are asked for again. Live only.
 */
export class Follower implements Subscriber {
  readonly #listener: Listener;
  /** What is listened to, as it was spelled. */
  readonly #names = new Set<string>();
  readonly #parts = new Map<string, Part>();
  #following: Promise<void> | undefined = undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get userId(): string {
    return this.#listener.userId;
  }

  /** Resolves when the topic is heard. `alsoOn` is a hub topic that is not the user's own, and heard with it. */
  async add(topic: string, within: string | undefined, alsoOn: string): Promise<void> {
    try {
      await this.#follow();
      if (within !== undefined) await this.#partOf(within).ready();
      await this.#listener.socket.room.hub.subscribe(this, alsoOn);
      if (!this.#listener.isGone) this.#names.add(topic);
    } finally {
      if (this.#names.size === 0) this.stop();
    }
  }

  remove(topic: string, alsoOn: string): void {
    this.#names.delete(topic);
    if (this.#names.size === 0) this.stop();
    else this.#listener.socket.room.hub.unsubscribe(this, alsoOn);
  }

  stop(): void {
    this.#names.clear();
    this.#parts.clear();
    this.#following = undefined;
    this.#listener.socket.room.hub.unsubscribeAll(this);
  }

  #follow(): Promise<void> {
    const { hub, rootTopicOf, topicsOf } = this.#listener.socket.room;
    this.#following ??= hub
      .follow(this, rootTopicOf(this.userId), () => topicsOf(this.userId))
      .catch((error) => {
        this.#following = undefined;
        throw error;
      });
    return this.#following;
  }

  #partOf(within: string): Part {
    let part = this.#parts.get(within);
    if (part === undefined) {
      const { room } = this.#listener.socket;
      part = new Part({
        load: () => room.topicsOf(this.userId, within),
        isInside: (topic) => room.authorize(this.userId, topic, within),
        tell: (told) => this.#listener.socket.tell(told, this.userId),
        onFailure: (error) => this.#listener.socket.fail(error),
      });
      this.#parts.set(within, part);
    }
    return part;
  }

  deliver(event: HubEvent): void {
    const { room } = this.#listener.socket;
    if (this.#parts.size > 0 && room.mayChange(event, this.userId)) this.#askParts(event.topic);
    for (const told of room.frames.toldOn(event)) {
      if (this.#names.has(told.topic)) this.#hear(told);
    }
  }

  #hear(told: Told): void {
    if (told.within === undefined) this.#listener.socket.tell(told, this.userId);
    else this.#parts.get(told.within)?.hear(told);
  }

  #askParts(topic: string): void {
    for (const part of this.#parts.values()) part.ask(topic);
  }

  granted(topic: string): void {
    this.#askParts(topic);
  }

  revoked(topic: string): void {
    for (const part of this.#parts.values()) part.remove(topic);
  }

  lost(): void {
    this.#listener.socket.close(closeCodes.try_again, 'try again');
  }
}
