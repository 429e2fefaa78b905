import { MAX_POSITIONS, parsePosition, parsePositions } from '../../positions.ts';
import type { Position } from '../../types.ts';
import type { SocketConnection } from './connection.ts';
import type { Frame } from './room.ts';

/** Log reads of one connection at a time. */
const READS_AT_ONCE = 4;

const tooMany = { code: 'validation_error', message: `positions: an object of at most ${MAX_POSITIONS} positions` };
const noTopic = { code: 'validation_error', message: 'Nothing to subscribe to is named' };
const badSince = { code: 'validation_error', message: 'since: a position {epoch, offset}' };
const forbidden = { code: 'forbidden', message: 'Not allowed' };

/**
 * Replays what was missed, topic by topic in order. While a topic is replayed nothing live of it is sent; the replay
 * tells everything after `since`, also what already went out live on this connection.
 */
export function resume(connection: SocketConnection, frame: Frame): () => Promise<void> {
  const positions = parsePositions(frame.positions);
  if (positions === undefined) {
    connection.sendError(tooMany, frame.ref);
    return async () => {};
  }
  connection.room.hub.hold(connection, Array.from(positions.keys()));
  return () => replayTopics(connection, positions, frame.ref);
}

async function replayTopics(connection: SocketConnection, positions: ReadonlyMap<string, Position>, ref: unknown) {
  const resumed: string[] = [];
  const resync: string[] = [];
  const queue = positions.entries();
  async function work(): Promise<void> {
    for (const [topic, since] of queue) {
      if (connection.phase === 'closed') return;
      const { outcome } = await resumeTopic(connection, topic, since);
      (outcome === 'caught_up' ? resumed : resync).push(topic);
    }
  }
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, positions.size) }, work));
  const echo = ref === undefined ? {} : { ref };
  if (resumed.length > 0 || resync.length === 0) connection.send({ type: 'resumed', ...echo, topics: resumed });
  if (resync.length > 0) connection.send({ type: 'resync', ...echo, topics: resync });
}

async function resumeTopic(connection: SocketConnection, topic: string, since: Position) {
  const { room } = connection;
  const isAllowed = () => room.authorize(connection.userId, topic);
  const isMember = room.hub.isSubscribed(connection, topic);
  // Asked before anything is made hot for somebody who may not see it.
  if (!isMember && !(await isAllowed())) return { outcome: 'refused' };
  const resumption = await room.hub.resume(
    connection,
    topic,
    since,
    (events) => connection.replayAll(events),
    isAllowed,
  );
  leaveIfClosed(connection);
  return resumption;
}

export async function subscribe(connection: SocketConnection, frame: Frame): Promise<void> {
  const topic = connection.room.subscribeTopicOf(frame);
  const since = frame.since === undefined ? undefined : parsePosition(frame.since);
  if (topic === undefined) return connection.sendError(noTopic, frame.ref);
  if (frame.since !== undefined && since === undefined) return connection.sendError(badSince, frame.ref);
  const position = since === undefined ? await attach(connection, topic) : await attachSince(connection, topic, since);
  if (position === undefined) return connection.sendError(forbidden, frame.ref);
  connection.send({ ...echoOf(frame), type: 'subscribed', ...position });
}

async function attach(connection: SocketConnection, topic: string): Promise<Position | undefined> {
  const { room } = connection;
  if (room.hub.isSubscribed(connection, topic)) return room.hub.position(topic);
  const isAllowed = () => room.authorize(connection.userId, topic);
  if (!(await isAllowed())) return undefined;
  const position = await room.hub.subscribeIf(connection, topic, isAllowed);
  leaveIfClosed(connection);
  return position;
}

async function attachSince(connection: SocketConnection, topic: string, since: Position) {
  connection.room.hub.hold(connection, [topic]);
  const resumption = await resumeTopic(connection, topic, since);
  if (resumption.outcome === 'resync') connection.resync([topic]);
  return 'position' in resumption ? resumption.position : undefined;
}

export function unsubscribe(connection: SocketConnection, frame: Frame): void {
  const topic = connection.room.subscribeTopicOf(frame);
  if (topic === undefined) {
    connection.sendError(noTopic, frame.ref);
    return;
  }
  connection.room.hub.unsubscribe(connection, topic);
  connection.send({ ...echoOf(frame), type: 'unsubscribed' });
}

/** The fields that named the topic, and `ref`, go back as they came. */
function echoOf(frame: Frame): object {
  const { type: _type, since: _since, ...echo } = frame;
  return echo;
}

/** A connection that closed during a read must not stay attached by its answer. */
function leaveIfClosed(connection: SocketConnection): void {
  if (connection.phase === 'closed') connection.room.hub.unsubscribeAll(connection);
}
