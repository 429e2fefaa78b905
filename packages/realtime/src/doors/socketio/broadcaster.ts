import type { Namespace, Socket } from 'socket.io';
import { isHiddenFrom } from '../../hidden.ts';
import type { Echo, EventSpelling, EventTable, HubEvent } from '../../types.ts';
import type { Follower } from './followers.ts';

/**
 * Turns what the hub tells each follower into one emit per event: followers are gathered while the hub hands the event
 * out, and told together, before the next event.
 */
export interface Broadcaster {
  add(event: HubEvent, follower: Follower): void;
  flush(): void;
  /** An event for one user alone: what a grant caught up. */
  tellUser(event: HubEvent, follower: Follower): void;
  /** A missed event for one socket. */
  tellSocket(event: HubEvent, socket: Socket): void;
}

interface BroadcasterOptions {
  main: Namespace;
  chat: Namespace;
  events: EventTable;
  userRoomOf(userId: string): string;
  roomOf(topic: string): string;
}

export function createBroadcaster({ main, chat, events, userRoomOf, roomOf }: BroadcasterOptions): Broadcaster {
  let current: HubEvent | undefined;
  let followers: Follower[] = [];

  function add(event: HubEvent, follower: Follower): void {
    if (event !== current) {
      flush();
      current = event;
      queueMicrotask(flush);
    }
    followers.push(follower);
  }

  function flush(): void {
    if (current === undefined) return;
    const event = current;
    const told = followers;
    current = undefined;
    followers = [];
    const spelling = events[event.name];
    if (spelling === undefined || spelling.internal === true) return;
    if (spelling.socketio !== undefined) tellMain(event, spelling.socketio, told);
    if (spelling.chatNamespace !== undefined) tellChat(event, spelling.chatNamespace, told);
  }

  function tellMain(
    event: HubEvent,
    spelling: NonNullable<EventSpelling['socketio']>,
    told: readonly Follower[],
  ): void {
    const rooms = spelling.audience === 'topic' ? [roomOf(event.topic)] : told.map(({ userId }) => userRoomOf(userId));
    if (spelling.audience === 'topic' && !main.adapter.rooms.has(rooms[0] as string)) return;
    const actor = told.find(({ userId }) => userId === event.actor);
    const target = main.local.to(rooms).except(leftOut(event, spelling.echo));
    target.emit(spelling.name, payloadOf(event, event.data));
    if (actor !== undefined && event.ownData !== undefined) tellActor(event, spelling, actor, rooms);
  }

  /** The rooms that are not told: a socket has one of its own, and its user's. */
  function leftOut(event: HubEvent, echo: Echo): string[] {
    const users = [...(event.hiddenFrom ?? [])];
    if (event.actor !== undefined && (echo === 'not-actor' || event.ownData !== undefined)) users.push(event.actor);
    const isOriginApart = echo === 'not-origin' && event.origin !== undefined;
    return [...(isOriginApart ? [event.origin as string] : []), ...users.map(userRoomOf)];
  }

  /** The actor's own sockets are told what only the actor may know. */
  function tellActor(
    event: HubEvent,
    { name, echo }: NonNullable<EventSpelling['socketio']>,
    actor: Follower,
    rooms: readonly string[],
  ): void {
    if (echo === 'not-actor') return;
    const payload = payloadOf(event, event.ownData as object);
    for (const socket of actor.sockets) {
      const isOrigin = echo === 'not-origin' && socket.id === event.origin;
      if (!isOrigin && socket.nsp === main && rooms.some((room) => socket.rooms.has(room))) socket.emit(name, payload);
    }
  }

  function tellChat(event: HubEvent, name: string, told: readonly Follower[]): void {
    const rooms = told
      .filter(({ userId }) => userId !== event.actor && !isHiddenFrom(event, userId))
      .map(({ userId }) => userRoomOf(userId));
    if (rooms.length > 0) chat.local.to(rooms).emit(name, payloadOf(event, event.data));
  }

  function tellUser(event: HubEvent, follower: Follower): void {
    if (events[event.name]?.socketio?.audience !== 'user') return;
    for (const socket of follower.sockets) if (socket.nsp === main) tellSocket(event, socket);
  }

  function tellSocket(event: HubEvent, socket: Socket): void {
    const spelling = events[event.name];
    if (spelling?.socketio === undefined || spelling.internal === true) return;
    if (isHiddenFrom(event, socket.data.userId)) return;
    const isActor = event.actor !== undefined && event.actor === socket.data.userId;
    if (isActor && spelling.socketio.echo === 'not-actor') return;
    if (spelling.socketio.echo === 'not-origin' && event.origin === socket.id) return;
    const data = isActor ? (event.ownData ?? event.data) : event.data;
    socket.emit(spelling.socketio.name, payloadOf(event, data));
  }

  return { add, flush, tellUser, tellSocket };
}

/** Positions stand inside the payload. */
function payloadOf(event: HubEvent, data: object): object {
  if (event.offset === undefined) return data;
  return { ...data, topic: event.topic, epoch: event.epoch, offset: event.offset };
}
