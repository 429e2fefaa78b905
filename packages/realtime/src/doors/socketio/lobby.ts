import type { IncomingMessage } from 'node:http';
import type { Connections } from '../../connections.ts';
import type { Hub } from '../../hub/hub.ts';
import type { TimingWheel } from '../../timing-wheel.ts';
import type { Authenticate, Command, Logger, Refusal } from '../../types.ts';
import type { Broadcaster } from './broadcaster.ts';
import type { SocketIOConnection } from './connection.ts';
import type { Followers } from './followers.ts';

/** What all connections of one Socket.IO door share. */
export interface Lobby {
  readonly hub: Hub;
  readonly connections: Connections;
  readonly broadcaster: Broadcaster;
  readonly followers: Followers;
  readonly wheel: TimingWheel;
  readonly commands: ReadonlyMap<string, Command>;
  readonly counters: { opened: number; slowReaders: number };
  readonly open: Set<SocketIOConnection>;
  readonly endedSessions: { has(id: string): boolean; add(id: string): void };
  readonly logger: Logger;
  readonly maxBufferedBytes: number;
  now(): number;
  addressOf(request: IncomingMessage): string;
  authenticate: Authenticate;
  authorize(userId: string, topic: string): Promise<boolean>;
  rootTopicOf(userId: string): string;
  joinTopicOf(payload: unknown): string | undefined;
  describeError(error: unknown): Refusal;
  userRoomOf(userId: string): string;
  roomOf(topic: string): string;
}
