import type { Connections } from '../../connections.ts';
import type { Hub } from '../../hub/hub.ts';
import type { WritingRoom } from '../../sockets/raw-socket.ts';
import type { TimingWheel } from '../../timing-wheel.ts';
import type { Authenticate, HubEvent, Identity, Logger, Refusal } from '../../types.ts';
import type { PubSubSocket } from './connection.ts';
import type { EventFrames } from './event-frames.ts';
import type { Published, PubSubTable } from './table.ts';

export interface PubSubCounters {
  opened: number;
  slowReaders: number;
  framesIn: number;
  published: number;
}

/** What all sockets of the door share. */
export interface PubSubRoom extends WritingRoom {
  readonly hub: Hub;
  readonly connections: Connections;
  readonly table: PubSubTable;
  readonly frames: EventFrames;
  readonly wheel: TimingWheel;
  readonly counters: PubSubCounters;
  readonly open: Set<PubSubSocket>;
  readonly logger: Logger;
  readonly firstListenMs: number;
  readonly pingMs: number;
  readonly maxTopics: number;
  now(): number;
  leaveAddress(address: string): void;
  authenticate: Authenticate;
  rootTopicOf(userId: string): string;
  topicsOf(userId: string, within?: string): Promise<readonly string[]>;
  authorize(userId: string, topic: string, within?: string): Promise<boolean>;
  mayChange(event: HubEvent, userId: string): boolean;
  publish(identity: Identity, published: Published): void | Promise<void>;
  describeError(error: unknown): Refusal;
}
