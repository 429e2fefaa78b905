import type { Socket } from 'socket.io';
import { closeCodes } from '../../close-codes.ts';
import { NOT_SCHEDULED, type WheelEntry } from '../../timing-wheel.ts';
import type { CommandContext, Connection, Identity } from '../../types.ts';
import type { Follower } from './followers.ts';
import type { Lobby } from './lobby.ts';

const FIRST_FINAL_CODE = 3500;

const connectionKey = Symbol('connection');
type OwnedSocket = Socket & { [connectionKey]?: SocketIOConnection };

/** Kept on the socket, not in `socket.data`: that travels between instances. */
export function connectionOf(socket: Socket): SocketIOConnection {
  return (socket as OwnedSocket)[connectionKey] as SocketIOConnection;
}

/** One socket of one namespace. */
export class SocketIOConnection implements Connection, WheelEntry, CommandContext {
  readonly door = 'socketio';
  readonly lobby: Lobby;
  readonly socket: Socket;
  readonly identity: Identity;
  readonly follower: Follower;
  active = true;
  inFlight = 0;
  serial: Map<string, Promise<void>> | undefined = undefined;
  wheelSlot = NOT_SCHEDULED;
  wheelTick = 0;

  constructor(lobby: Lobby, socket: Socket, identity: Identity, follower: Follower) {
    this.lobby = lobby;
    this.socket = socket;
    this.identity = identity;
    this.follower = follower;
    (socket as OwnedSocket)[connectionKey] = this;
  }

  get connection(): Connection {
    return this;
  }

  get id(): string {
    return this.socket.id;
  }

  get userId(): string {
    return this.identity.userId;
  }

  get sessionId(): string {
    return this.identity.sessionId;
  }

  watchToken(): void {
    const { expiresAt } = this.identity;
    if (expiresAt !== undefined) this.lobby.wheel.schedule(this, expiresAt - this.lobby.now());
  }

  onDeadline(): void {
    if ((this.identity.expiresAt as number) <= this.lobby.now()) this.close(closeCodes.token_expired, 'token_expired');
    else this.watchToken();
  }

  /**
   * Socket.IO has no close codes: an `error` event tells the reason. Its client comes back by itself only when the
   * transport closes, and does not after a disconnect by the server: that is for ends that are final, or need a new token.
   */
  close(code: number, reason: string): void {
    if (code >= FIRST_FINAL_CODE || code === closeCodes.token_expired) {
      this.socket.emit('error', { error: reason.toUpperCase().replaceAll(' ', '_'), message: reason });
      this.socket.disconnect(true);
    } else {
      this.socket.conn.close();
    }
  }
}
