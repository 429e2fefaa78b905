import { topicsOf, uuidOf } from '../../servers/topics.ts';

/** What those who sign in follow: 20 chats each among so many users, one of `rooms` rooms from `first` on, or nothing. */
export interface Audience {
  users?: number;
  rooms?: number;
  first?: number;
}

export interface ServerArgs extends Audience {
  redisUrl?: string;
}

/** What the realtime benchmark asks of each of its servers, beside `resources`. */
export interface RoomServerCalls {
  ports(input: object): { port: number; epoch: string };
  /** One event on each of these rooms, by number. */
  publish(input: { rooms: number; first?: number }): void;
  /** Messages that came from Redis so far. */
  received(input: object): number;
  /** Reads of the log so far. */
  reads(input: object): number;
  residentBytes(input: object): Promise<number>;
  cpuMicros(input: object): number;
}

export const roomName = (room: number): string => `chat:${uuidOf(room)}`;

export function audienceOf(user: number, { users = 0, rooms = 0, first = 0 }: Audience): string[] {
  if (users > 0) return topicsOf(user, users);
  return rooms > 0 ? [roomName(first + (user % rooms))] : [];
}
