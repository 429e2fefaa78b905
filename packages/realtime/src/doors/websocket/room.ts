import type { Connections } from '../../connections.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Outbox } from '../../sockets/outbox.ts';
import type { TimingWheel } from '../../timing-wheel.ts';
import type { Authenticate, Command, Logger, Refusal, Subscriber } from '../../types.ts';
import type { SocketConnection } from './connection.ts';
import type { EventFrames } from './event-frames.ts';

/** A decoded frame from a client. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

export interface DoorCounters {
  opened: number;
  slowReaders: number;
  framesIn: number;
}

/** What all connections of one door share. */
export interface Room {
  readonly hub: Hub;
  readonly connections: Connections;
  readonly frames: EventFrames;
  readonly outbox: Outbox;
  readonly wheel: TimingWheel;
  readonly commands: ReadonlyMap<string, Command>;
  readonly counters: DoorCounters;
  readonly open: Set<SocketConnection>;
  readonly logger: Logger;
  readonly pingMs: number;
  readonly maxBufferedBytes: number;
  now(): number;
  authenticate: Authenticate;
  topicsOf(subscriber: Subscriber): Promise<readonly string[]>;
  rootTopicOf(userId: string): string;
  authorize(userId: string, topic: string): Promise<boolean>;
  subscribeTopicOf(frame: Frame): string | undefined;
  describeError(error: unknown): Refusal;
}
