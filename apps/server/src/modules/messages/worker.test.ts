import type { Chat, MessagePage } from '@parley/contract';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import { createDatabaseProxy, type DatabaseProxy } from '../../testing/proxy.ts';

let app: TestApp;
let database: TestDatabase;
let proxy: DatabaseProxy;
let ann: Person;
let bob: Person;
let chatId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await createDatabaseProxy(database.url);
  // What no schema of ours refuses, this one does; so a message can be poison.
  await database.pool.query(`alter table messages add constraint no_poison check (content not like 'poison%')`);
  app = await startApp({ database: { ...database, url: proxy.url } });
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
});
beforeEach(async () => {
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});
afterAll(async () => {
  await app.close();
  await proxy.close();
  await database.drop();
});

const send = (content: string, more: object = {}) =>
  ann.call('POST', `/chats/${chatId}/messages`, { body: { content, clientMessageId: uuidv7(), ...more } });
const contents = async (): Promise<string[]> =>
  (await bob.ask<MessagePage>('GET', `/chats/${chatId}/messages`, { query: { limit: 100 } })).items.map(
    (one) => one.content,
  );

describe('a message that can never be stored', () => {
  test('takes nobody with it, and its sender is told', async () => {
    const live = await openLive(app.url, ann.token);
    const texts = Array.from({ length: 40 }, (_, index) =>
      index === 17 || index === 18 ? `poison ${index}` : `fine ${index}`,
    );
    await Promise.all(texts.map((text) => send(text, { clientMessageId: text.replace(' ', '-') })));
    const fine = texts.filter((text) => text.startsWith('fine'));
    expect((await contents()).sort()).toEqual(fine.sort());
    for (const key of ['poison-17', 'poison-18']) {
      const failed = await live.until(
        ({ type, clientMessageId }) => type === 'message_failed' && clientMessageId === key,
      );
      expect(failed).toMatchObject({ chatId, code: 'validation_error' });
    }
    expect(live.events.filter(({ name }) => name === 'message.new')).toHaveLength(fine.length);
    await live.close();
  });

  test('is a refusal for who waits for it', async () => {
    const waited = await ann.call('POST', `/chats/${chatId}/messages`, { body: { content: 'poison' } });
    expect(waited.status).toBe(400);
    expect(await contents()).toEqual([]);
  });
});

test('a chat that is deleted between acceptance and storing: the sender is told, nothing is stored', async () => {
  const live = await openLive(app.url, ann.token);
  const holder = await database.pool.connect();
  await holder.query('begin');
  // Who holds the head holds up the worker.
  await holder.query(`select 1 from topic_heads where owner_id = $1 and kind = 'chat' for update`, [chatId]);
  const sent = send('too late', { clientMessageId: 'too-late' });
  await expect.poll(waiting).toBeGreaterThan(0);
  await holder.query(`update chats set deleted_at = now() where id = $1`, [chatId]);
  await holder.query('commit');
  holder.release();
  await sent;
  const failed = await live.until(({ type }) => type === 'message_failed');
  expect(failed).toMatchObject({ clientMessageId: 'too-late', code: 'message_discarded', chatId });
  const { rows } = await database.pool.query('select count(*) from messages where chat_id = $1', [chatId]);
  expect(rows[0].count).toBe(0);
  await live.close();
});

async function waiting(): Promise<number> {
  const { rows } = await database.pool.query(
    `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows[0].count;
}

test('without the database sends answer 503 with a retry-after, and it heals by itself', {
  timeout: 60_000,
}, async () => {
  await send('before');
  proxy.cut();
  const keys = Array.from({ length: 10 }, (_, index) => `away-${index}`);
  for (const key of keys) {
    const refused = await send(key, { clientMessageId: key });
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  proxy.mend();
  await expect.poll(async () => (await send('after', { clientMessageId: 'after' })).status).toBe(202);
  for (const key of keys) expect((await send(key, { clientMessageId: key })).status).toBe(202);
  expect(await contents()).toEqual(['before', 'after', ...keys]);
});

test('cut off in the middle of sends: what was accepted is there once, what was not can be sent again', {
  timeout: 60_000,
}, async () => {
  const accepted = new Set<string>();
  const sender = async (name: string): Promise<void> => {
    for (let index = 0; index < 25; index += 1) {
      const key = `${name}-${index}`;
      while (!accepted.has(key)) {
        const { status } = await send(key, { clientMessageId: key });
        expect([202, 503]).toContain(status);
        if (status === 202) accepted.add(key);
        else await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
  };
  const senders = Promise.all(['a', 'b', 'c'].map(sender));
  for (let cut = 0; cut < 3; cut += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 60));
    proxy.mend();
  }
  await senders;
  const stored = await contents();
  expect([...stored].sort()).toEqual([...accepted].sort());
  for (const name of ['a', 'b', 'c']) {
    const own = stored.filter((text) => text.startsWith(`${name}-`));
    expect(own).toEqual(Array.from({ length: 25 }, (_, index) => `${name}-${index}`));
  }
});
