import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLedger } from '../adapters/queue/rabbitmq/ledger.ts';
import { startApp, type TestApp } from '../testing/app.ts';
import { buildUser, type Person } from '../testing/people.ts';
import { allowSilence, type Pool } from './pool.ts';

const messagesInAll = 1_000_000;
const messagesInLong = 300_000;
const chats = 70_000;
const messagesEach = (messagesInAll - messagesInLong) / chats;
const chatsOfAnn = 200;
const people = 20_000;
/** The tables that grow with use, as they are filled here. Partitions in which nothing is yet cost nothing. */
const large =
  /Seq Scan on (messages|topic_log|topic_heads|chats|chat_members|read_cursors|users|mentions)\S*( \S+)? +\(cost=[\d.]+\.\.(?!0\.00 )/;

/**
 * Every statement that the server runs, with the plan that PostgreSQL took. The plans come as notices to the sessions
 * that ran them, so nothing of a server's log is needed.
 */
const plans: string[] = [];
let app: TestApp;
let ann: Person;
let bob: Person;
let chatId: string;

beforeAll(async () => {
  app = await startApp();
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
  const body = { type: 'group', title: 'long', memberIds: [bob.id] };
  ({ id: chatId } = await ann.ask<{ id: string }>('POST', '/chats', { body }));
  await fill(app.database.pool);
  await explainAll(app.database);
}, 280_000);
afterAll(() => app?.close());

async function fill(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  allowSilence(client);
  const run = (text: string, values: unknown[] = []) => client.query(text, values);
  try {
    await run(`set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set synchronous_commit = off`);
    await run(`create temp table filled as select n, gen_random_uuid() as id from generate_series(1, ${chats}) n`);
    await run(`create temp table others as select n, gen_random_uuid() as id from generate_series(1, ${people}) n`);
    await run(`
      insert into users (id, username, username_key, email, email_key, display_name, password_hash)
      select id, 'p' || n, 'p' || n, 'p' || n, 'p' || n, 'p' || n, '' from others`);
    await run(`insert into chats (id, type, title, member_count) select id, 'group', 'chat ' || n, 2 from filled`);
    await run(`
      insert into chat_members (chat_id, user_id, participant_id, role)
      select f.id, o.id, gen_random_uuid(), 'member'
      from filled f cross join lateral (values (0), (1)) as member (n) join others o on o.n = 1 + (f.n + member.n) % ${people}`);
    await run(
      `insert into chat_members (chat_id, user_id, participant_id, role)
       select id, $1, gen_random_uuid(), 'member' from filled where n <= ${chatsOfAnn}`,
      [ann.id],
    );
    await run(
      `insert into read_cursors (chat_id, user_id) select chat_id, user_id from chat_members on conflict do nothing`,
    );
    await run(
      `insert into messages (chat_id, id, sequence, message_count, sender_id, client_message_id, type, content, sent_at)
       select $1, gen_random_uuid(), n, n, m.participant_id, 'seed-' || n, 'text', 'message ' || n, now()
       from generate_series((select max(sequence) + 1 from messages where chat_id = $1), ${messagesInLong}::bigint) n,
         chat_members m where m.chat_id = $1 and m.user_id = $2`,
      [chatId, ann.id],
    );
    await run(`
      insert into messages (chat_id, id, sequence, message_count, sender_id, client_message_id, type, content, sent_at)
      select f.id, gen_random_uuid(), place, place, f.id, 'seed-' || place, 'text', 'message ' || place, now()
      from filled f cross join generate_series(1, ${messagesEach}) place`);
    await run(`
      insert into mentions (chat_id, participant_id, sequence)
      select chat_id, sender_id, sequence from messages where sequence % 4 = 0`);
    await run(`
      insert into topic_heads (owner_id, kind, last_offset, last_sequence, message_count)
      select id, 'chat', ${messagesEach}, ${messagesEach}, ${messagesEach} from filled`);
    await run(`insert into topic_heads (owner_id, kind) select id, 'user' from others`);
    await run(`update topic_heads set last_offset = $2, last_sequence = $2, message_count = $2 where owner_id = $1`, [
      chatId,
      messagesInLong,
    ]);
    await run(`
      insert into topic_log (owner_id, kind, log_offset, name, facts)
      select chat_id, 'chat', sequence, 'message.new', json_build_object('messageId', id)
      from messages where sequence between ${messagesEach - 1} and ${messagesInLong / 10}`);
    await run('analyze');
  } finally {
    client.release(true);
  }
}

/** Sessions from here on tell the plan of each statement. */
async function explainAll({ pool, piped }: Pick<Pool, 'pool' | 'piped'>): Promise<void> {
  for (const one of [pool, piped])
    one.on('connect', (client) =>
      client.on('notice', ({ message }: { message?: string | undefined }) => {
        if (message?.includes('plan:')) plans.push(message);
      }),
    );
  const client = await pool.connect();
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  for (const [name, value] of [
    ['session_preload_libraries', 'auto_explain'],
    ['auto_explain.log_min_duration', '0'],
    ['auto_explain.log_level', 'notice'],
  ])
    await client.query(`alter database ${rows[0]!.name} set ${name} = '${value}'`);
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  client.release(true);
  await vi.waitUntil(async () => (await Promise.all([pool, piped].map(areWhole))).every(Boolean), 20_000);
}

/** Whether all its connections answer; those that do not leave it. */
async function areWhole(one: pg.Pool): Promise<boolean> {
  const asked = Array.from({ length: one.totalCount }, () => one.query('select 1'));
  return (await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled');
}

/** The plans of what the server does for this, among them one of a statement with these words. */
async function plansOf(work: () => Promise<unknown>, words: string): Promise<string[]> {
  plans.length = 0;
  await work();
  // The last notice may come behind the answer.
  await expect.poll(() => plans.filter((plan) => plan.includes(words)).length).toBeGreaterThan(0);
  return [...plans];
}

const path = (rest = ''): string => `/chats/${chatId}/messages${rest}`;
const page = (query: Record<string, number>) => () => ann.ask('GET', path(), { query });
const send = (body: object) => ann.ask<{ id: string }>('POST', path(), { body });
const edited = async () => {
  const { id } = await send({ content: 'one' });
  await ann.ask('PUT', path(`/${id}`), { body: { content: 'uno' } });
  await ann.ask('GET', path(`/${id}/history`));
  await ann.call('DELETE', path(`/${id}`));
};
const answered = async () => {
  const { id } = await send({ content: 'asked' });
  await send({ content: 'answered', replyToMessageId: id });
};
const reacted = async () => {
  const { id } = await send({ content: 'good' });
  await bob.call('POST', path(`/${id}/reactions`), { body: { emoji: '👍' } });
  await ann.ask('GET', `/chats/${chatId}/reactions`, { query: { messageIds: id } });
};
const pinned = async () => {
  const { id } = await send({ content: 'to keep' });
  await ann.call('PUT', path(`/${id}/pin`));
  await ann.ask('GET', `/chats/${chatId}/pinned-messages`);
};
const forwarded = async () => {
  const { id } = await send({ content: 'for others' });
  await ann.ask('POST', path('/forward'), { body: { fromChatId: chatId, messageIds: [id] } });
};
const mentioned = async () => {
  const { id } = await send({ content: `hello @${bob.username}` });
  await ann.ask('PUT', path(`/${id}`), { body: { content: `@${bob.username} and @${ann.username}` } });
  await ann.call('DELETE', path(`/${id}`), { query: { forEveryone: true } });
};
const listedWithout = async () => {
  const { id } = await send({ content: 'soon gone' });
  await ann.call('DELETE', path(`/${id}`), { query: { forEveryone: true } });
  await ann.ask('GET', '/chats');
};
/** What a queue on RabbitMQ asks, for those who wait. */
const awaited = async () => {
  const { id } = await send({ content: 'on its way' });
  expect((await createLedger(app.database.db).find([{ chatId, id }])).size).toBe(1);
};
const synced = async () => {
  const { position } = await ann.ask<{ position: { epoch: string; offset: number } }>('GET', path());
  const positions = { [`chat:${chatId}`]: { ...position, offset: position.offset - 1 } };
  await ann.ask('POST', '/sync', { body: { positions } });
};

test.for<[string, () => Promise<unknown>, string]>([
  ['the list of chats', () => ann.ask('GET', '/chats'), 'chat_members'],
  ['the list without a newest message', listedWithout, 'hidden_messages'],
  ['the newest page', page({ limit: 50 }), 'messages'],
  ['a page before the middle', page({ limit: 50, before: messagesInLong / 2 }), 'messages'],
  ['a page after the middle', page({ limit: 50, after: messagesInLong / 2 }), 'messages'],
  ['a page around the beginning', page({ limit: 50, around: 1_000 }), 'messages'],
  ['a send with a key', () => send({ content: 'hello', clientMessageId: 'key' }), 'insert into messages'],
  ['the same send again', () => send({ content: 'hello', clientMessageId: 'key' }), 'messages'],
  ['a send and its answer', answered, 'insert into messages'],
  ['an edit, its history, a deletion', edited, 'message_versions'],
  ['a mention, its edit and its end', mentioned, 'insert into mentions'],
  ['the chat of who is mentioned', () => bob.ask('GET', `/chats/${chatId}`), 'mentions'],
  ['reading', () => bob.call('POST', `/chats/${chatId}/read`, { body: {} }), 'read_cursors'],
  ['read receipts', () => ann.ask('GET', `/chats/${chatId}/read-receipts`), 'read_cursors'],
  ['what was missed', synced, 'topic_log'],
  ['a reaction, and who reacted', reacted, 'reactions'],
  ['a pin, and what is pinned', pinned, 'pinned_messages'],
  ['a forward', forwarded, 'insert into messages'],
  ['the members', () => ann.ask('GET', `/chats/${chatId}/members`), 'chat_members'],
  ['waiting for a message that is stored', awaited, 'unnest'],
])('%s reads no large table from end to end', async ([, work, words]) => {
  const told = await plansOf(work, words);
  expect(told.filter((plan) => large.test(plan))).toEqual([]);
});

test('a plan that reads a large table is noticed', async () => {
  const read = () => app.database.pool.query("select count(*) from messages where content = 'message 7'");
  const told = await plansOf(read, 'message 7');
  expect(told.filter((plan) => large.test(plan))).toHaveLength(1);
});
