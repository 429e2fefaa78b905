import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../testing/app.ts';
import { chats } from './chats.ts';
import { password, people } from './people.ts';
import { createRandom } from './random.ts';
import { readTalk } from './script.ts';
import { seedDemo } from './seed.ts';
import { everyday } from './texts/everyday.ts';
import { plans } from './texts/plans.ts';
import { pastOf } from './timeline.ts';

let app: TestApp;
let alice: string;
const printed: string[] = [];
const now = Date.now();

beforeAll(async () => {
  app = await startApp();
  await seedDemo(app.modules, app.database.db, (line) => printed.push(line), now);
  const row = await app.database.db.selectFrom('users').select('id').where('username', '=', 'alice').executeTakeFirst();
  alice = row!.id;
});
afterAll(() => app.close());

describe('the demo', () => {
  it('numbers the messages of each chat without holes, and its head stands at the last', async () => {
    const { rows } = await sql<{ least: number; most: number; count: number; head: number; counted: number }>`
      select min(m.sequence) as least, max(m.sequence) as most, count(*) as count,
        h.last_sequence as head, h.message_count as counted
      from messages m join topic_heads h on h.owner_id = m.chat_id and h.kind = 'chat'
      group by m.chat_id, h.last_sequence, h.message_count`.execute(app.database.db);
    expect(rows).toHaveLength(chats.length);
    for (const row of rows) {
      expect(row).toEqual({ least: 1, most: row.count, count: row.count, head: row.count, counted: row.count });
    }
    expect(rows.reduce((sum, row) => sum + row.count, 0)).toBeGreaterThan(2_000);
  });

  it('keeps the order of time, in the past', async () => {
    const { rows } = await sql<{ wrong: number; late: number }>`
      select count(*) filter (where sent_at < before) as wrong, count(*) filter (where sent_at > ${new Date(now)}) as late
      from (select sent_at, lag(sent_at) over (partition by chat_id order by sequence) as before from messages) m`.execute(
      app.database.db,
    );
    expect(rows[0]).toEqual({ wrong: 0, late: 0 });
  });

  it('leaves reactions where they are due', async () => {
    const { rows } = await sql<{ emoji: string; count: number }>`
      select emoji, sum(count)::integer as count from reaction_counts group by emoji order by 2 desc, 1 limit 1`.execute(
      app.database.db,
    );
    expect(rows).toEqual([{ emoji: '😂', count: 4 }]);
  });

  it('lets one sign in, the first as the administrator, and shows what is unread', async () => {
    const login = await fetch(`${app.url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'alice', password }),
    });
    expect(login.status).toBe(200);
    expect((await app.modules.users.me(alice)).isAdmin).toBe(true);
    const { items } = await app.modules.chats.list(alice, {});
    const hikes = items.find(({ title }) => title === 'Saturday Hikes');
    expect(hikes).toMatchObject({ unreadCount: 2, memberCount: 7 });
    expect(hikes!.lastMessage!.sequence).toBe(hikes!.lastSequence);
  });

  it('tells a reader at an older position to load the chats anew', async () => {
    const { items } = await app.modules.chats.list(alice, {});
    const { id, position } = items[0]!;
    const topic = `chat:${id}`;
    const older = await app.modules.log.read(topic, 0, 100);
    expect(older.gone).toBe(true);
    expect(await app.modules.log.read(topic, position.offset, 100)).toMatchObject({ gone: false, events: [] });
  });

  it('goes on with the next number and the next offset', async () => {
    const { items } = await app.modules.chats.list(alice, {});
    const chat = items.find(({ title }) => title === 'Book Club')!;
    const sent = await app.modules.messages.send(alice, { chatId: chat.id, content: 'A new one' });
    expect(sent).toMatchObject({ sequence: chat.lastSequence + 1 });
    const { events } = await app.modules.log.read(`chat:${chat.id}`, chat.position.offset, 100);
    expect(events).toHaveLength(1);
  });

  it('shows replies, edits and earlier versions', async () => {
    const { items } = await app.modules.chats.list(alice, {});
    const withBob = items.find(({ peer }) => peer?.username === 'bob')!;
    const page = await app.modules.messages.page(alice, withBob.id, { limit: 20 });
    expect(page.items.some(({ replyTo }) => replyTo?.excerpt.startsWith('The tram'))).toBe(true);
    const edited = page.items.find(({ editedAt }) => editedAt !== undefined)!;
    const { items: versions } = await app.modules.messages.history(alice, withBob.id, edited.id);
    expect(versions.map(({ content }) => content)).toEqual([
      'Meet at nine, by the north gate',
      'Meet at half past nine, by the north gate',
    ]);
  });

  it('is added to an empty database only', async () => {
    const count = () => sql<{ n: number }>`select count(*) as n from messages`.execute(app.database.db);
    const before = await count();
    await seedDemo(app.modules, app.database.db, (line) => printed.push(line));
    expect((await count()).rows).toEqual(before.rows);
    expect(printed.at(-1)).toContain('not added');
  });
});

describe('the texts', () => {
  it('are all talks, whose replies are to earlier lines and whose words are known', () => {
    for (const talk of [...everyday, ...plans]) {
      for (const [index, line] of readTalk(talk, createRandom(1)).entries()) {
        expect(line.replyTo ?? -1, talk[index]).toBeLessThan(index);
        expect(line.content, talk[index]).not.toMatch(/[{}]|<</);
      }
    }
  });

  it('come out the same for the same seed, by people of the chat', () => {
    const names = new Set(people.map(({ username }) => username));
    for (const chat of chats) {
      const [one, two] = [pastOf(chat, now, createRandom(5)), pastOf(chat, now, createRandom(5))];
      expect(one).toEqual(two);
      expect(chat.members.every((name) => names.has(name))).toBe(true);
      expect(one.every(({ sender }) => chat.members.includes(sender))).toBe(true);
    }
  });
});
