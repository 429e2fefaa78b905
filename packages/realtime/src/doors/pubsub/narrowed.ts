import { closeCodes } from '../../close-codes.ts';
import type { HubEvent, Position, Subscriber } from '../../types.ts';
import { Doubt } from './doubt.ts';
import type { Told } from './event-frames.ts';
import type { Listener, Listening } from './listener.ts';

export type ListenOutcome = { position: Position; isResync: boolean } | 'refused' | 'ended';

/** A topic that is one hub topic: with its own place in the log, and its own replay. */
export class NarrowedTopic implements Subscriber, Listening {
  readonly topic: string;
  readonly listener: Listener;
  readonly #hubTopic: string;
  readonly #within: string | undefined;
  expiresAt: number | undefined;
  #doubt: Doubt | undefined = undefined;
  #isResumed = false;
  isOver = false;

  constructor(listener: Listener, topic: string, hubTopic: string, within: string | undefined) {
    this.listener = listener;
    this.topic = topic;
    this.#hubTopic = hubTopic;
    this.#within = within;
  }

  get userId(): string {
    return this.listener.userId;
  }

  /** Goes on live from the position; with `since`, after what was missed. `isOpen`: it is nobody's to refuse. */
  async start(since: Position | undefined, isOpen: boolean): Promise<ListenOutcome> {
    const { hub } = this.listener.socket.room;
    const isAllowed = isOpen ? async () => true : () => this.#isAllowed();
    // Asked before anything is made hot for somebody who may not hear it.
    if (!(await isAllowed())) return 'refused';
    if (since === undefined) {
      const position = await hub.subscribeIf(this, this.#hubTopic, isAllowed);
      return position === undefined ? 'refused' : { position, isResync: false };
    }
    this.#isResumed = true;
    const replay = (events: readonly HubEvent[]) => this.#replay(events);
    const { outcome, position } = await hub.resume(this, this.#hubTopic, since, replay, isAllowed);
    if (position !== undefined) return { position, isResync: outcome === 'resync' };
    return outcome === 'refused' ? 'refused' : 'ended';
  }

  deliver(event: HubEvent): void {
    const { room } = this.listener.socket;
    if (this.#within !== undefined && room.mayChange(event, this.userId)) this.#ask();
    for (const told of room.frames.toldOn(event)) {
      if (told.topic === this.topic) this.#tell(told);
    }
  }

  #tell(told: Told): void {
    if (this.#doubt === undefined) this.listener.socket.tell(told, this.userId);
    else if (!this.#doubt.hold(told)) this.lost();
  }

  async #replay(events: readonly HubEvent[]): Promise<void> {
    const { socket } = this.listener;
    for (const event of events) {
      if (!socket.room.hub.isSubscribed(this, event.topic)) return;
      this.deliver(event);
      const caughtUp = socket.caughtUp();
      if (caughtUp !== undefined) await caughtUp;
    }
  }

  #isAllowed(): Promise<boolean> {
    return this.listener.socket.room.authorize(this.userId, this.#hubTopic, this.#within);
  }

  #ask(): void {
    if (this.#doubt !== undefined) {
      this.#doubt.renew();
      return;
    }
    const doubt = new Doubt();
    this.#doubt = doubt;
    doubt
      .settle(() => this.#isAllowed())
      .then(
        (isAllowed) => this.#answer(doubt, isAllowed),
        (error) => this.listener.socket.fail(error),
      );
  }

  #answer(doubt: Doubt, isAllowed: boolean): void {
    this.#doubt = undefined;
    if (!isAllowed) this.listener.socket.revoke([this]);
    else for (const told of doubt.release()) this.listener.socket.tell(told, this.userId);
  }

  revoked(): void {
    this.listener.socket.revoke([this]);
  }

  /** Only to who can resume is this of use. */
  resync(): void {
    if (this.#isResumed) this.listener.socket.send({ type: 'RESYNC', data: { topics: [this.topic] } });
  }

  lost(): void {
    this.listener.socket.close(closeCodes.try_again, 'try again');
  }

  leave(): void {
    this.isOver = true;
    this.listener.socket.room.hub.unsubscribeAll(this);
  }
}
