import type { Socket } from 'socket.io';
import type { Identity, Refusal } from '../../types.ts';
import type { Follower } from './followers.ts';
import type { Lobby } from './lobby.ts';

type Next = (error?: Error & { data?: object }) => void;

const admissions = new WeakMap<Socket, { identity: Identity; follower: Follower }>();

export function admissionOf(socket: Socket) {
  return admissions.get(socket);
}

/** Lets a socket in once its user is known and all that is the user's reaches this instance. */
export async function admitSocket(lobby: Lobby, socket: Socket, next: Next): Promise<void> {
  try {
    const token = tokenOf(socket);
    if (token === undefined) return next(refusalError({ code: 'unauthorized', message: 'No token' }));
    const identity = await identify(lobby, token);
    if (!lobby.connections.hasRoomFor(identity.userId)) {
      return next(refusalError({ code: 'too_many_connections', message: 'Too many connections' }));
    }
    socket.data.userId = identity.userId;
    socket.data.sessionId = identity.sessionId;
    const follower = await lobby.followers.acquire(identity.userId);
    admissions.set(socket, { identity, follower });
    next();
  } catch (error) {
    next(refusalError(lobby.describeError(error)));
  }
}

/** `auth.token`, or the Authorization header. */
export function tokenOf(socket: Socket): string | undefined {
  const { token } = socket.handshake.auth;
  if (typeof token === 'string' && token !== '') return token.replace(/^Bearer /i, '');
  const header = socket.handshake.headers.authorization;
  return header === undefined ? undefined : header.replace(/^Bearer /i, '');
}

/** A session that ends while its user's topic is cold here is not heard of: then the token is checked again. */
async function identify(lobby: Lobby, token: string): Promise<Identity> {
  const identity = await lobby.authenticate(token);
  const root = lobby.rootTopicOf(identity.userId);
  if (lobby.hub.position(root) !== undefined) return identity;
  await lobby.hub.ensure([root]);
  return lobby.authenticate(token);
}

/** What the client's `connect_error` gets: `message` is the code, `data` the refusal. */
export function refusalError(refusal: Refusal): Error & { data: object } {
  const { code, ...rest } = refusal;
  return Object.assign(new Error(code.toUpperCase()), { data: { error: code.toUpperCase(), ...rest } });
}
