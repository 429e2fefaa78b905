// The bare pipe's back: what waits in a queue is inserted by one statement, told by Redis, acknowledged. No product.
import { type ConsumeMessage, connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';
import { answerCalls, programArgs } from '../programs.ts';
import { type BareArgs, type BareMessage, liveChannel, most, partitions, queueOf } from './bare.ts';

const { databaseUrl, brokerUrl, redisUrl } = programArgs<BareArgs>();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
await pool.query(
  'create table plain (id uuid primary key, chat_id uuid, client_message_id text, content text, sent_at timestamptz)',
);
const redis = new Redis(redisUrl);
const connection = await connect(brokerUrl, { noDelay: true });
for (let partition = 0; partition < partitions; partition += 1) await consume(queueOf(partition));

async function consume(queue: string): Promise<void> {
  const channel = await connection.createChannel();
  await channel.prefetch(most);
  let waiting: ConsumeMessage[] = [];
  let isBusy = false;
  await channel.consume(queue, (message) => {
    if (message === null) throw new Error(`${queue} is gone`);
    waiting.push(message);
    if (!isBusy) setImmediate(() => void drain());
  });

  async function drain(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await store(batch.map((message) => JSON.parse(message.content.toString()) as BareMessage));
      channel.ack(batch.at(-1) as ConsumeMessage, true);
    }
    isBusy = false;
  }
}

async function store(rows: readonly BareMessage[]): Promise<void> {
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
  for (const message of rows)
    void redis.publish(liveChannel, JSON.stringify({ type: 'message', chatId: message.chatId, message }));
}

answerCalls({});
