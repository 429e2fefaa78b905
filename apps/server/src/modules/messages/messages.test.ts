import { type Chat, type Message, type MessagePage, maxContentLength } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import { editWindowMs } from './policy.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let chatId: string;
let aheadMs = 0;
beforeAll(async () => {
  app = await startApp({ now: () => Date.now() + aheadMs });
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
});
beforeEach(async () => {
  aheadMs = 0;
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});
afterAll(() => app.close());

const path = (messageId = ''): string => `/chats/${chatId}/messages${messageId && `/${messageId}`}`;
const post = (who: Person, body: object, headers = {}) => who.call('POST', path(), { body, headers });
const say = async (who: Person, content = 'hello', more = {}): Promise<Message> =>
  who.ask<Message>('POST', path(), { body: { content, ...more } });
const page = (who: Person, query = {}) => who.ask<MessagePage>('GET', path(), { query });
const sequences = ({ items }: MessagePage): number[] => items.map(({ sequence }) => sequence);

describe('sending', () => {
  test('without a key answers 201 with the message, with one 202 with its id', async () => {
    const stored = await post(ann, { content: 'hello' });
    expect(stored).toMatchObject({
      status: 201,
      body: { content: 'hello', sequence: 1, senderId: ann.id, status: 'sent' },
    });
    const accepted = await post(ann, { content: 'hello', client_message_id: 'k-1' });
    const { id } = accepted.body as Message;
    expect(accepted).toMatchObject({ status: 202, body: { chatId, brokerMessageId: id, clientMessageId: 'k-1' } });
    expect((await page(ann)).items[1]).toMatchObject({ id, clientMessageId: 'k-1' });
    expect((await page(bob)).items[1]).not.toHaveProperty('clientMessageId');
  });

  test.each([
    ['respond-async', {}, 202],
    ['wait=5', { clientMessageId: 'with-a-key' }, 201],
    ['Wait="5", handling=lenient', { clientMessageId: 'quoted' }, 201],
    ['wait=0', {}, 202],
    ['nonsense', {}, 201],
  ])('Prefer: %s', async (prefer, more, status) => {
    expect((await post(ann, { content: 'hello', ...more }, { prefer })).status).toBe(status);
  });

  test('repeats of a key are one message, and the first content wins', async () => {
    const body = { content: 'first', clientMessageId: 'same' };
    const together = await Promise.all(Array.from({ length: 20 }, () => post(ann, body)));
    const later = await post(ann, { ...body, content: 'second' });
    const waited = await post(ann, { ...body, content: 'third' }, { prefer: 'wait=5' });
    const ids = new Set([...together, later, waited].map((answer) => (answer.body as Message).id));
    expect(ids.size).toBe(1);
    expect(waited).toMatchObject({ status: 201, body: { content: 'first', sequence: 1 } });
    expect(sequences(await page(ann))).toEqual([1]);
    expect(await offsets()).toEqual([1]);
  });

  test('a key is one sender’s, in one chat', async () => {
    const body = { content: 'hello', clientMessageId: 'mine' };
    const ids = [await post(ann, body), await post(bob, body)].map((answer) => (answer.body as Message).id);
    expect(new Set(ids).size).toBe(2);
    expect(sequences(await page(ann))).toEqual([1, 2]);
  });

  test('a deleted message keeps its key', async () => {
    const { id } = (await post(ann, { content: 'hello', clientMessageId: 'gone' })).body as Message;
    await ann.ask('DELETE', path(id), { query: { forEveryone: true } });
    expect(((await post(ann, { content: 'hello', clientMessageId: 'gone' })).body as Message).id).toBe(id);
    expect(sequences(await page(ann))).toEqual([1]);
  });

  test('many at once are numbered without holes', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, index) => say(index % 2 ? ann : bob, `${index}`)));
    const all = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(sequences(await page(ann, { limit: 100 }))).toEqual(all);
    expect(await offsets()).toEqual(all);
  });

  async function offsets(): Promise<number[]> {
    const query = `select log_offset from topic_log where owner_id = $1 and kind = 'chat' order by 1`;
    return (await app.database.pool.query(query, [chatId])).rows.map((row) => row.log_offset);
  }
});

describe('content', () => {
  const emoji = '😀';
  test.each([
    ['x'.repeat(maxContentLength), 201],
    [emoji.repeat(maxContentLength), 201],
    ['x'.repeat(maxContentLength + 1), 422],
    [`${emoji.repeat(maxContentLength)}x`, 422],
    ['', 422],
    [' \n\t', 422],
  ])('is counted in characters (case %#)', async (content, status) => {
    expect((await post(ann, { content })).status).toBe(status);
  });

  test('comes back as it was sent', async () => {
    const content = 'line\nline\ttab \\ \' " 𝒳 \u202e {}';
    expect((await say(ann, content)).content).toBe(content);
  });
});

describe('pages', () => {
  test('of an empty chat, at every edge', async () => {
    for (const query of [{}, { before: 1 }, { before: 0 }, { after: 0 }, { after: 9 }, { around: 1 }]) {
      expect(await page(ann, query)).toMatchObject({ items: [], hasOlder: false, hasNewer: false });
    }
  });

  test('before, after and around a sequence', async () => {
    for (let index = 0; index < 9; index += 1) await say(ann);
    const at = async (query: object) => {
      const { hasOlder, hasNewer, nextCursor, ...rest } = await page(bob, query);
      return { sequences: sequences(rest as MessagePage), hasOlder, hasNewer, nextCursor };
    };
    const whole = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(await at({})).toEqual({ sequences: whole, hasOlder: false, hasNewer: false });
    expect(await at({ limit: 3 })).toEqual({ sequences: [7, 8, 9], hasOlder: true, hasNewer: false, nextCursor: '7' });
    expect(await at({ limit: 3, before: 4 })).toEqual({ sequences: [1, 2, 3], hasOlder: false, hasNewer: true });
    expect(await at({ before: 1 })).toMatchObject({ sequences: [] });
    expect(await at({ limit: 3, after: 0 })).toEqual({
      sequences: [1, 2, 3],
      hasOlder: false,
      hasNewer: true,
      nextCursor: '3',
    });
    expect(await at({ limit: 3, after: 6 })).toEqual({ sequences: [7, 8, 9], hasOlder: true, hasNewer: false });
    expect(await at({ after: 9 })).toMatchObject({ sequences: [] });
    expect(await at({ limit: 4, around: 5 })).toMatchObject({
      sequences: [3, 4, 5, 6],
      hasOlder: true,
      hasNewer: true,
    });
    expect(await at({ limit: 4, around: 1 })).toMatchObject({ sequences: [1, 2], hasOlder: false });
    expect((await at({ limit: 4, around: 99 })).sequences).toEqual([8, 9]);
    expect((await at({ limit: 1, around: 5 })).sequences).toEqual([5]);
  });

  test('say who wrote and what was answered, and stand at a position', async () => {
    const first = await say(bob, 'a long question '.repeat(20));
    await say(ann, 'yes', { replyToMessageId: first.id });
    const { items, participants, position } = await page(ann);
    expect(items[1]?.replyTo).toMatchObject({ messageId: first.id, senderId: bob.id, messageType: 'text' });
    expect(first.content.startsWith(items[1]!.replyTo!.excerpt)).toBe(true);
    expect(items[1]!.replyTo!.excerpt.length).toBeLessThanOrEqual(120);
    expect(participants.map(({ id }) => id).sort()).toEqual([ann.id, bob.id].sort());
    expect(position.offset).toBe(2);
  });
});

describe('editing', () => {
  test('keeps the earlier versions and changes what quotes it', async () => {
    const message = await say(ann, 'one');
    await say(bob, 'reply', { replyToMessageId: message.id });
    const edit = (content: string) => ann.ask<Message>('PUT', path(message.id), { body: { content } });
    expect(await edit('one'), 'the same text is no edit').not.toHaveProperty('editedAt');
    await edit('two');
    expect(await edit('three')).toMatchObject({ content: 'three', editedAt: expect.any(String), sequence: 1 });
    const { items } = await bob.ask<{ items: { content: string }[] }>('GET', `${path(message.id)}/history`);
    expect(items.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
    expect((await page(bob)).items[1]?.replyTo?.excerpt).toBe('three');
  });

  test('at once by several devices loses no version', async () => {
    const message = await say(ann, '0');
    const edits = Array.from({ length: 8 }, (_, index) =>
      ann.call('PUT', path(message.id), { body: { content: `e${index}` } }),
    );
    expect((await Promise.all(edits)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    const { items } = await ann.ask<{ items: object[] }>('GET', `${path(message.id)}/history`);
    expect(items).toHaveLength(9);
  });

  test('ends with its time; what is accepted can be edited at once', async () => {
    const { id } = (await post(ann, { content: 'hello', clientMessageId: 'edit-me' })).body as Message;
    expect((await ann.call('PUT', path(id), { body: { content: 'in time' } })).status).toBe(200);
    aheadMs = editWindowMs + 1_000;
    // The access token has ended as well by then; the session has not.
    const headers = { authorization: `Bearer ${ann.sessionToken}` };
    const late = await ann.call('PUT', path(id), { body: { content: 'too late' }, headers });
    expect(late.body).toMatchObject({ code: 'edit_window_closed', status: 403 });
    aheadMs = editWindowMs - 60_000;
    expect((await ann.call('PUT', path(id), { body: { content: 'just so' }, headers })).status).toBe(200);
  });

  test('of a service message is refused', async () => {
    await ann.ask('PATCH', `/chats/${chatId}`, { body: { title: 'Other' } });
    const [service] = (await page(ann)).items;
    expect((await ann.call('PUT', path(service!.id), { body: { content: 'x' } })).status).toBe(403);
    expect((await ann.call('DELETE', path(service!.id), { query: { forEveryone: true } })).status).toBe(403);
  });
});

describe('deleting', () => {
  test('for everyone leaves a place without a word of it anywhere', async () => {
    const message = await say(bob, 'secret one');
    await bob.ask('PUT', path(message.id), { body: { content: 'secret two' } });
    await say(ann, 'reply', { replyToMessageId: message.id });
    await ann.ask('DELETE', path(message.id), { query: { forEveryone: true } });
    await ann.ask('DELETE', path(message.id), { query: { forEveryone: true } });
    for (const who of [ann, bob]) {
      const answers = await page(who);
      expect(answers.items[0]).toMatchObject({ content: '', deletedAt: expect.any(String), sequence: 1 });
      expect(answers.items[1]?.replyTo?.excerpt).toBe('');
      expect((await who.call('GET', `${path(message.id)}/history`)).status).toBe(403);
    }
    const kept = await app.database.pool.query(
      `select (select string_agg(m::text, '') from messages m where chat_id = $1) as messages,
              (select count(*) from message_versions where chat_id = $1) as versions,
              (select string_agg(facts::text, '') from topic_log where owner_id = $1) as facts`,
      [chatId],
    );
    expect(JSON.stringify(kept.rows)).not.toContain('secret');
    expect(kept.rows[0].versions).toBe(0);
    expect((await bob.call('PUT', path(message.id), { body: { content: 'back' } })).status).toBe(403);
    expect((await post(bob, { content: 'x', replyToMessageId: message.id })).status).toBe(403);
  });

  test('for oneself hides it from oneself alone, also as what others answer', async () => {
    const message = await say(bob, 'not for ann');
    await say(bob, 'reply', { replyToMessageId: message.id });
    await ann.ask('DELETE', path(message.id));
    await ann.ask('DELETE', path(message.id));
    const [seenByAnn, seenByBob] = [await page(ann), await page(bob)];
    expect(seenByAnn.items[0]).toMatchObject({ content: '', deletedAt: expect.any(String) });
    expect(seenByAnn.items[1]?.replyTo?.excerpt).toBe('');
    expect(seenByBob.items[0]).toMatchObject({ content: 'not for ann' });
    expect(seenByBob.items[1]?.replyTo?.excerpt).toBe('not for ann');
  });
});
