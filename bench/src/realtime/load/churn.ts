import type { Socket } from 'node:net';
import { clientFrame } from '../../load/frames.ts';
import { answerCalls } from '../../programs.ts';
import { uuidOf } from '../../servers/topics.ts';
import type { Dialect } from '../peers.ts';
import { type ClientsRequest, openClients } from './clients.ts';

interface Client {
  socket: Socket;
  chatId: string;
  isIn: boolean;
}

interface Run {
  dialect: Dialect;
  changes: number;
  /** Rooms to choose from; 0: another one each time. */
  rooms: number;
}

let clients: Client[] = [];
let answered = 0;
let asked = 0;
let fresh = 0x1000000;
let run: Run;
let finish: () => void;

async function connect(request: ClientsRequest): Promise<void> {
  const opening: Client[] = Array.from({ length: request.count }, () => ({}) as Client);
  const sockets = await openClients(request, (index) => ({ onFrame: () => onAnswer(opening[index] as Client) }));
  clients = opening.map((client, index) => Object.assign(client, { socket: sockets[index], chatId: '', isIn: false }));
}

/** Each client joins, hears that it did, leaves, hears that it did: one change under way for each. */
async function churn(request: Run): Promise<{ seconds: number }> {
  run = request;
  answered = 0;
  asked = 0;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const start = performance.now();
  for (const client of clients) change(client);
  await done;
  return { seconds: (performance.now() - start) / 1000 };
}

function onAnswer(client: Client): void {
  answered += 1;
  if (answered === run.changes) finish();
  else if (asked < run.changes) change(client);
}

function change(client: Client): void {
  asked += 1;
  if (!client.isIn) client.chatId = uuidOf(run.rooms === 0 ? fresh++ : asked % run.rooms);
  client.isIn = !client.isIn;
  client.socket.write(clientFrame(textOf(client)));
}

function textOf({ chatId, isIn }: Client): string {
  if (run.dialect === 'socket-io') return `42${asked}["${isIn ? 'join' : 'leave'}","chat:${chatId}"]`;
  return `{"type":"${isIn ? 'subscribe' : 'unsubscribe'}","chatId":"${chatId}"}`;
}

const calls = { connect, churn };
export type ChurnLoad = typeof calls;

answerCalls(calls);
