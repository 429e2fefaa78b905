// The bare pipe's front: Fastify, a confirm channel, an answer when the broker has the message, one live recipient. No product.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'amqplib';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerCalls, programArgs } from '../programs.ts';
import { listen } from '../servers/control.ts';
import { type BareArgs, type BareMessage, exchange, liveChannel, partitions, queueOf } from './bare.ts';

const { brokerUrl, redisUrl } = programArgs<BareArgs>();
const channel = await (await connect(brokerUrl, { noDelay: true })).createConfirmChannel();
await channel.assertExchange(exchange, 'direct', { durable: true });
for (let partition = 0; partition < partitions; partition += 1) {
  await channel.assertQueue(queueOf(partition), {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-single-active-consumer': true },
  });
  await channel.bindQueue(queueOf(partition), exchange, String(partition));
}

let recipient: WebSocket | undefined;
const live = new Redis(redisUrl);
await live.subscribe(liveChannel);
live.on('message', (_channel: string, event: string) => recipient?.send(event));

const body = {
  type: 'object',
  required: ['content', 'clientMessageId'],
  properties: { content: { type: 'string' }, clientMessageId: { type: 'string' } },
} as const;

const httpServer = createServer();
// The senders rest while the others are measured; as long as Parley's.
httpServer.keepAliveTimeout = 65_000;
const app = fastify({ serverFactory: (handler) => httpServer.on('request', handler) });
app.post<{ Params: { chatId: string }; Body: Pick<BareMessage, 'content' | 'clientMessageId'> }>(
  '/v1/chats/:chatId/messages',
  { schema: { body } },
  async (request, reply) => {
    const { chatId } = request.params;
    const message: BareMessage = { id: randomUUID(), chatId, ...request.body, sentAt: new Date().toISOString() };
    const partition = String(Number.parseInt(chatId.slice(-4), 16) % partitions);
    await new Promise<void>((resolve, reject) => {
      channel.publish(exchange, partition, Buffer.from(JSON.stringify(message)), { persistent: true }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    return reply.code(202).send({ id: message.id, chatId, clientMessageId: message.clientMessageId });
  },
);
await app.ready();
new WebSocketServer({ server: httpServer, path: '/live', perMessageDeflate: false }).on('connection', (webSocket) => {
  recipient = webSocket;
});
const port = await listen(httpServer);
answerCalls({ port: () => port });

export interface BareApi {
  port(input: object): number;
}
