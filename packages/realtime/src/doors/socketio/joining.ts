import { parsePosition, parsePositions } from '../../positions.ts';
import type { HubEvent, Position, Refusal } from '../../types.ts';
import { hasRoom } from './backpressure.ts';
import type { SocketIOConnection } from './connection.ts';

/** Refused by the door itself; everything else is described by the embedder. */
export class DoorRefusal extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const badJoin = { code: 'validation_error', message: 'Nothing to join is named' };
const badSince = { code: 'validation_error', message: 'since: a position {epoch, offset}' };
const forbidden = { code: 'forbidden', message: 'Not allowed' };

export async function joinRoom(connection: SocketIOConnection, payload: unknown): Promise<Position> {
  const topic = topicOf(connection, payload);
  const { since: given } = payload as { since?: unknown };
  const since = given === undefined ? undefined : parsePosition(given);
  if (given !== undefined && since === undefined) throw new DoorRefusal(badSince);
  if (!(await visit(connection, topic))) throw new DoorRefusal(forbidden);
  if (since !== undefined && (await replay(connection, topic, since)) === 'resync') {
    connection.socket.emit('resync', { topics: [topic] });
  }
  if (since === undefined) enter(connection, topic);
  const position = connection.lobby.hub.position(topic);
  if (position === undefined || !connection.lobby.hub.isSubscribed(connection.follower, topic)) {
    throw new DoorRefusal(forbidden);
  }
  return position;
}

export async function leaveRoom(connection: SocketIOConnection, payload: unknown): Promise<undefined> {
  const topic = topicOf(connection, payload);
  connection.lobby.broadcaster.flush();
  await connection.socket.leave(connection.lobby.roomOf(topic));
  endVisit(connection, topic);
}

export function leaveAll(connection: SocketIOConnection): void {
  for (const topic of Array.from(connection.follower.visits.keys())) endVisit(connection, topic);
}

/** `auth.since` of the handshake: rooms are joined again and what was missed is told, then `resumed` or `resync`. */
export async function resumeFromHandshake(connection: SocketIOConnection): Promise<void> {
  const { since } = connection.socket.handshake.auth;
  if (since === undefined) return;
  const positions = parsePositions(since);
  if (positions === undefined) {
    connection.socket.emit('error', { error: 'VALIDATION_ERROR', message: 'since: at most 200 positions' });
    return;
  }
  try {
    await resumeAll(connection, positions);
  } catch (error) {
    connection.lobby.logger.warn({ err: error }, 'could not replay to a socket; it comes back');
    connection.socket.conn.close();
  }
}

async function resumeAll(connection: SocketIOConnection, positions: ReadonlyMap<string, Position>): Promise<void> {
  const resumed: string[] = [];
  const resync: string[] = [];
  for (const [topic, position] of positions) {
    if (!connection.socket.connected) return;
    const isResumed = (await visit(connection, topic)) && (await replay(connection, topic, position)) === 'caught_up';
    (isResumed ? resumed : resync).push(topic);
  }
  if (resumed.length > 0) connection.socket.emit('resumed', { topics: resumed });
  if (resync.length > 0) connection.socket.emit('resync', { topics: resync });
}

function topicOf(connection: SocketIOConnection, payload: unknown): string {
  const isObject = typeof payload === 'object' && payload !== null;
  const topic = isObject ? connection.lobby.joinTopicOf(payload) : undefined;
  if (topic === undefined) throw new DoorRefusal(badJoin);
  return topic;
}

/** Makes sure that the user follows the topic: as a member anyway, or for as long as a socket is in its room. */
async function visit(connection: SocketIOConnection, topic: string): Promise<boolean> {
  const { lobby, follower, socket } = connection;
  if (!lobby.hub.isSubscribed(follower, topic)) {
    const isAllowed = () => lobby.authorize(connection.userId, topic);
    if (!(await isAllowed())) return false;
    if ((await lobby.hub.subscribeIf(follower, topic, isAllowed)) === undefined) return false;
    if (!follower.visits.has(topic)) follower.visits.set(topic, new Set());
  }
  follower.visits.get(topic)?.add(socket);
  if (!socket.connected) endVisit(connection, topic);
  return socket.connected;
}

function endVisit({ lobby, follower, socket }: SocketIOConnection, topic: string): void {
  const visitors = follower.visits.get(topic);
  if (visitors === undefined) return;
  visitors.delete(socket);
  if (visitors.size > 0) return;
  follower.visits.delete(topic);
  lobby.hub.unsubscribe(follower, topic);
}

/** Events that are gathered but not yet emitted belong to those who were in the room before. */
function enter({ lobby, follower, socket }: SocketIOConnection, topic: string): void {
  lobby.broadcaster.flush();
  if (socket.connected && lobby.hub.isSubscribed(follower, topic)) void socket.join(lobby.roomOf(topic));
}

function replay(connection: SocketIOConnection, topic: string, since: Position) {
  const { lobby, socket } = connection;
  void socket.leave(lobby.roomOf(topic));
  return lobby.hub.catchUp(
    topic,
    since,
    (events) => tellMissed(connection, events),
    () => enter(connection, topic),
  );
}

async function tellMissed({ lobby, socket }: SocketIOConnection, events: readonly HubEvent[]): Promise<void> {
  for (const event of events) {
    lobby.broadcaster.tellSocket(event, socket);
    await hasRoom(socket.conn);
  }
}
