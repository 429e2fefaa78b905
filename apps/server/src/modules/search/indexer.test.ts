import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { createIndexer } from './indexer.ts';
import { createSearch } from './service.ts';
import { segmentSize } from './tokens.ts';

const chatId = '01a1f71a-d331-769e-aba9-ad45b675d58e';
const viewer = '01a1f71a-d331-769e-aba9-ad45b675d58f';
const count = 21_000;

let database: TestDatabase;

/** A chat whose log is no longer kept, so that it is read from its messages; too many to be searched without the index. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await sql`insert into users (id, username, username_key, email, email_key, display_name, password_hash)
    values (${viewer}, 'ann', 'ann', 'a@x', 'a@x', 'Ann', 'x')`.execute(db);
  await sql`insert into chats (id, type, title) values (${chatId}, 'group', 'Many')`.execute(db);
  await sql`insert into chat_members (chat_id, user_id, participant_id, role) values (${chatId}, ${viewer}, ${viewer}, 'owner')`.execute(
    db,
  );
  await sql`insert into topic_heads (owner_id, kind, last_offset, last_sequence, message_count)
    values (${chatId}, 'chat', ${count}, ${count}, ${count})`.execute(db);
  await sql`insert into messages (chat_id, id, sequence, message_count, sender_id, type, content, sent_at)
    select ${chatId}::uuid, gen_random_uuid(), n, n, ${viewer}::uuid, 'text',
      'common words number ' || n || case when n % 10000 = 7 then ' with a kingfisher' else '' end, now()
    from generate_series(1, ${count}) n`.execute(db);
});
afterAll(() => database.drop());

test('a chat without a log is read from its messages, and found in across segments', async () => {
  const { db } = database;
  // The entries straddle the border of two segments.
  await sql`select setval(pg_get_serial_sequence('search_entries', 'entry_id'), ${segmentSize - 10_000})`.execute(db);
  const failures: unknown[] = [];
  const indexer = createIndexer({ db, onError: (error) => failures.push(error) });
  await indexer.reconcile();
  await indexer.stop();
  expect(failures).toEqual([]);

  const members = { chatsOf: async () => [{ chatId, participantId: viewer }] };
  const search = createSearch({ db, members: members as never });
  const rare = await search.messages(viewer, { q: 'ingfish' });
  expect(rare.items.map((hit) => hit.message.sequence)).toEqual([20_007, 10_007, 7]);
  const common = await search.messages(viewer, { q: 'common words', limit: 3 });
  expect(common.items.map((hit) => hit.message.sequence)).toEqual([count, count - 1, count - 2]);
  const next = await search.messages(viewer, { q: 'common words', limit: 3, cursor: common.nextCursor });
  expect(next.items[0]?.message.sequence).toBe(count - 3);
});

test('what is indexed is not indexed again', async () => {
  const indexer = createIndexer({ db: database.db, onError: () => {} });
  await indexer.reconcile();
  await indexer.stop();
  const { rows } = await database.pool.query('select count(*) as entries from search_entries');
  expect(rows[0].entries).toBe(count);
});

test('a chat of nothing but emoji is read like any other', async () => {
  const { db } = database;
  const emoji = '01a1f71a-d331-769e-aba9-ad45b675d590';
  await sql`insert into chats (id, type, title) values (${emoji}, 'group', 'Few words')`.execute(db);
  await sql`insert into topic_heads (owner_id, kind, last_offset, last_sequence, message_count)
    values (${emoji}, 'chat', 2, 2, 2)`.execute(db);
  await sql`insert into messages (chat_id, id, sequence, message_count, sender_id, type, content, sent_at)
    select ${emoji}::uuid, gen_random_uuid(), n, n, ${viewer}::uuid, 'text', '👍', now() from generate_series(1, 2) n`.execute(
    db,
  );
  const failures: unknown[] = [];
  const indexer = createIndexer({ db, onError: (error) => failures.push(error) });
  await indexer.reconcile();
  await indexer.stop();
  expect(failures).toEqual([]);
  const { rows } = await database.pool.query('select tokens from search_entries where chat_id = $1', [emoji]);
  expect(rows).toEqual([{ tokens: [] }, { tokens: [] }]);
});
