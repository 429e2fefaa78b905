import type { Server as HttpServer } from 'node:http';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import type { Authenticate, Identity } from '../../types.ts';
import { refusalError, tokenOf } from './authentication.ts';

export type SocketMiddleware = (socket: Socket, next: (error?: Error) => void) => void;

let current: Server | undefined;

/** The server that the functions below speak through: one per process. */
export function setSocketIOServer(io: Server | undefined): void {
  current = io;
}

export function getSocketIOServer(): Server {
  if (current === undefined) throw new Error('No Socket.IO server yet: call createSocketServer or setSocketIOServer');
  return current;
}

/** A Socket.IO server on any Node HTTP server. Upgrades of other paths are left to others. */
export function createSocketServer(
  httpServer: HttpServer,
  authenticate: SocketMiddleware,
  onConnection: (socket: Socket) => void,
  options: Partial<ServerOptions> = {},
): Server {
  const io = new Server(httpServer, { maxHttpBufferSize: 64 * 1024, ...options, destroyUpgrade: false } as object);
  io.use(authenticate);
  io.on('connection', (socket) => {
    // A client's broken packet must not become a warning about a missing listener.
    socket.on('error', () => {});
    void socket.join(getUserRoomName(socket.data.userId));
    onConnection(socket);
  });
  setSocketIOServer(io);
  return io;
}

/** Tries the verifiers in turn, JWT before session token for example; the first that accepts names the user. */
export function authenticateSocket(...verifiers: readonly Authenticate[]): SocketMiddleware {
  return (socket, next) => {
    const token = tokenOf(socket);
    if (token === undefined) return next(refusalError({ code: 'unauthorized', message: 'No token' }));
    firstIdentity(verifiers, token).then(
      (identity) => {
        Object.assign(socket.data, { userId: identity.userId, sessionId: identity.sessionId });
        next();
      },
      () => next(refusalError({ code: 'unauthorized', message: 'Not a valid token' })),
    );
  };
}

async function firstIdentity(verifiers: readonly Authenticate[], token: string): Promise<Identity> {
  return Promise.any(verifiers.map((verify) => verify(token)));
}

/** One emit for all of these users' sockets, on all instances. Nobody named: nothing is sent. */
export function emitToUserRooms(event: string, userIds: readonly string[], payload: unknown): void {
  if (userIds.length > 0) getSocketIOServer().to(userIds.map(getUserRoomName)).emit(event, payload);
}

export function emitToRoom(room: string, event: string, payload: unknown): void {
  getSocketIOServer().to(room).emit(event, payload);
}

export function getUserRoomName(userId: string): string {
  return `user:${userId}`;
}

export function getChatRoomName(chatId: string): string {
  return `chat:${chatId}`;
}

export async function joinRoom(socket: Socket, room: string): Promise<void> {
  await socket.join(room);
}

export async function leaveRoom(socket: Socket, room: string): Promise<void> {
  await socket.leave(room);
}
