// The least that joins, leaves and resumes with the package ws: a map of sets, an array of events for each room. Nobody
// signs in, nothing is authorised or bounded.
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerCalls } from '../../programs.ts';
import { listen } from '../../servers/control.ts';
import { nextText } from '../../servers/event.ts';
import { resources } from '../../servers/resources.ts';
import { type RoomServerCalls, roomName } from './audience.ts';

interface Room {
  clients: Set<WebSocket>;
  events: string[];
}

type Client = WebSocket & { rooms?: Set<Room> };

interface Frame {
  type: string;
  chatId?: string;
  positions?: Record<string, { offset: number }>;
}

const rooms = new Map<string, Room>();

function roomOf(name: string): Room {
  let room = rooms.get(name);
  if (room === undefined) {
    room = { clients: new Set(), events: [] };
    rooms.set(name, room);
  }
  return room;
}

function join(client: Client, room: Room): void {
  room.clients.add(client);
  client.rooms ??= new Set();
  client.rooms.add(room);
}

function leave(client: Client, room: Room): void {
  room.clients.delete(client);
  client.rooms?.delete(room);
}

function resume(client: Client, positions: NonNullable<Frame['positions']>): void {
  for (const [name, { offset }] of Object.entries(positions)) {
    const room = roomOf(name);
    join(client, room);
    for (const text of room.events.slice(offset)) client.send(text);
  }
}

function onMessage(this: Client, bytes: Buffer): void {
  const { type, chatId, positions } = JSON.parse(bytes.toString()) as Frame;
  if (type === 'subscribe') join(this, roomOf(`chat:${chatId}`));
  else if (type === 'unsubscribe') leave(this, roomOf(`chat:${chatId}`));
  else if (positions !== undefined) resume(this, positions);
  this.send(JSON.stringify({ type: `${type}d`, chatId }));
}

function onClose(this: Client): void {
  for (const room of this.rooms ?? []) room.clients.delete(this);
}

function publish({ rooms: count, first = 0 }: { rooms: number; first?: number }): void {
  for (let number = first; number < first + count; number += 1) {
    const { clients, events } = roomOf(roomName(number));
    const text = nextText();
    events.push(text);
    for (const client of clients) client.send(text);
  }
}

const server = createServer();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
webSockets.on('connection', (client: Client) => {
  client.on('message', onMessage);
  client.on('error', () => client.terminate());
  client.on('close', onClose);
});
const ports = { port: await listen(server), epoch: '' };
const calls: RoomServerCalls = { ports: () => ports, publish, received: () => 0, reads: () => 0, ...resources };
answerCalls({ ...calls });
