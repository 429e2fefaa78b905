// The bare pipe: Fastify, a batch per partition in process, one insert into one plain table, one live recipient. The same
// batch bounds as Parley's queue and a commit before the answer; no product at all.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import fastify from 'fastify';
import pg from 'pg';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerCalls, programArgs } from '../programs.ts';
import { listen } from './control.ts';

const partitions = 8;
const most = 256;

interface Row {
  id: string;
  chatId: string;
  content: string;
  clientMessageId: string;
  sentAt: string;
  done: () => void;
}

const { databaseUrl } = programArgs<{ databaseUrl: string }>();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
await pool.query(
  'create table plain (id uuid primary key, chat_id uuid, client_message_id text, content text, sent_at timestamptz)',
);
let recipient: WebSocket | undefined;
const queues = Array.from({ length: partitions }, () => ({ waiting: [] as Row[], isBusy: false }));

async function drain(queue: (typeof queues)[number]): Promise<void> {
  if (queue.isBusy) return;
  queue.isBusy = true;
  while (queue.waiting.length > 0) await store(queue.waiting.splice(0, most));
  queue.isBusy = false;
}

async function store(rows: readonly Row[]): Promise<void> {
  await pool.query(
    'insert into plain select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])',
    [
      rows.map((row) => row.id),
      rows.map((row) => row.chatId),
      rows.map((row) => row.clientMessageId),
      rows.map((row) => row.content),
      rows.map((row) => row.sentAt),
    ],
  );
  for (const { done, ...message } of rows) {
    recipient?.send(JSON.stringify({ type: 'message', chatId: message.chatId, message }));
    done();
  }
}

const body = {
  type: 'object',
  required: ['content', 'clientMessageId'],
  properties: { content: { type: 'string' }, clientMessageId: { type: 'string' } },
} as const;

const httpServer = createServer();
// The senders rest while the others are measured; as long as Parley's.
httpServer.keepAliveTimeout = 65_000;
const app = fastify({ serverFactory: (handler) => httpServer.on('request', handler) });
app.post<{ Params: { chatId: string }; Body: { content: string; clientMessageId: string } }>(
  '/v1/chats/:chatId/messages',
  { schema: { body } },
  async (request, reply) => {
    const { chatId } = request.params;
    const id = randomUUID();
    const queue = queues[Number.parseInt(chatId.slice(-4), 16) % partitions] as (typeof queues)[number];
    await new Promise<void>((done) => {
      queue.waiting.push({ id, chatId, ...request.body, sentAt: new Date().toISOString(), done });
      if (!queue.isBusy) queueMicrotask(() => void drain(queue));
    });
    return reply.code(202).send({ id, chatId, clientMessageId: request.body.clientMessageId });
  },
);
await app.ready();
new WebSocketServer({ server: httpServer, path: '/live', perMessageDeflate: false }).on('connection', (webSocket) => {
  recipient = webSocket;
});
const port = await listen(httpServer);
answerCalls({ port: () => port });

export interface PlainPipe {
  port(input: object): number;
}
