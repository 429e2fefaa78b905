import { closeCodes } from '../../close-codes.ts';
import { identify } from '../../identify.ts';
import type { Refusal } from '../../types.ts';
import type { SocketConnection } from './connection.ts';
import type { Frame } from './room.ts';

/** Handles the frames that waited. */
export type GoOn = (connection: SocketConnection) => void;

/** The first token of a connection: from here on it has a user, and receives all that is the user's. */
export async function signIn(
  connection: SocketConnection,
  token: string,
  frame: Readonly<Record<string, unknown>>,
  goOn: GoOn,
): Promise<void> {
  const { room } = connection;
  connection.phase = 'authenticating';
  try {
    const identity = await identify(room, token);
    if (isClosed(connection)) return;
    if (!room.connections.hasRoomFor(identity.userId)) {
      refuse(connection, { code: 'too_many_connections', message: 'Too many connections' }, frame.ref);
      return;
    }
    connection.identity = identity;
    connection.active = frame.active !== false;
    room.connections.add(connection);
    await room.hub.follow(connection, room.rootTopicOf(identity.userId), room.topicsOf, () =>
      open(connection, frame.ref, goOn),
    );
  } catch (error) {
    refuse(connection, room.describeError(error), frame.ref);
  } finally {
    // It may have closed while it was being attached.
    if (isClosed(connection)) room.hub.unsubscribeAll(connection);
  }
}

/** Called in the turn in which all topics became live: a `resume` sent right behind `auth` sees nothing in between. */
function open(connection: SocketConnection, ref: unknown, goOn: GoOn): void {
  if (isClosed(connection)) return;
  connection.phase = 'open';
  connection.keepAlive();
  connection.send({
    type: 'auth_ok',
    ...(ref === undefined ? {} : { ref }),
    userId: connection.userId,
    connectionId: connection.id,
  });
  goOn(connection);
}

/** A fresh token of the same user extends a live connection. */
export async function extend(connection: SocketConnection, token: string, frame: Frame): Promise<void> {
  const { room } = connection;
  const identity = await room.authenticate(token);
  if (isClosed(connection)) return;
  if (identity.userId !== connection.userId) {
    connection.sendError({ code: 'unauthorized', message: 'The token belongs to another user' }, frame.ref);
    return;
  }
  if (identity.sessionId !== connection.sessionId) {
    connection.sendError({ code: 'unauthorized', message: 'The token belongs to another session' }, frame.ref);
    return;
  }
  connection.identity = identity;
  connection.keepAlive();
  const { ref } = frame;
  connection.send({
    type: 'auth_ok',
    ...(ref === undefined ? {} : { ref }),
    userId: identity.userId,
    connectionId: connection.id,
  });
}

function refuse(connection: SocketConnection, refusal: Refusal, ref: unknown): void {
  if (isClosed(connection)) return;
  connection.sendError(refusal, ref);
  connection.close(closeCodeOf(refusal), refusal.code);
}

/** A refusal that may pass says so; all others are about the token. */
function closeCodeOf(refusal: Refusal): number {
  if (refusal.code === 'too_many_connections') return closeCodes.too_many_connections;
  const mayPass = refusal.retryAfter !== undefined || refusal.code === 'internal';
  return mayPass ? closeCodes.try_again : closeCodes.unauthorized;
}

function isClosed(connection: SocketConnection): boolean {
  return connection.phase === 'closed';
}
