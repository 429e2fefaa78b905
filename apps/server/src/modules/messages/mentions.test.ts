import type { Accepted, Chat, ChatList, Message, MessagePage } from '@parley/contract';
import { connectSocketClient, disconnectSocketClient, waitForEvent } from '@parley/realtime/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let now = Date.now();
let ann: Person;
let bob: Person;
let carl: Person;
/** Ann's, with bob. Carl is not in it. */
let chatId: string;
beforeAll(async () => {
  app = await startApp({ now: () => now });
});
beforeEach(async () => {
  [ann, bob, carl] = (await Promise.all(['ann', 'bob', 'carl'].map((name) => buildUser(app.url, name)))) as [
    Person,
    Person,
    Person,
  ];
  chatId = await chat('group');
});
afterAll(() => app.close());

const chat = async (type: string, others = [bob]): Promise<string> => {
  const body = { type, title: 'T', memberIds: others.map(({ id }) => id) };
  return (await ann.ask<Chat>('POST', '/chats', { body })).id;
};
const at = (who: Person) => `@${who.username}`;
const path = (messageId = ''): string => `/chats/${chatId}/messages${messageId && `/${messageId}`}`;
const say = (who: Person, content: string, more = {}) =>
  who.ask<Message>('POST', path(), { body: { content, ...more } });
const edit = (who: Person, { id }: Message, content: string) =>
  who.ask<Message>('PUT', path(id), { body: { content } });
const erase = (who: Person, { id }: Message) => who.ask('DELETE', path(id), { query: { forEveryone: true } });
const read = (who: Person, sequence?: number) =>
  who.ask('POST', `/chats/${chatId}/read`, { body: sequence === undefined ? {} : { sequence } });
const page = (who: Person) => who.ask<MessagePage>('GET', path());
/** Where the person is mentioned and has not read, as the list and the chat say alike. */
const unread = async (who: Person): Promise<readonly number[]> => {
  const one = await who.ask<Chat>('GET', `/chats/${chatId}`);
  const listed = (await who.ask<ChatList>('GET', '/chats')).items.find(({ id }) => id === chatId);
  const { unreadMentions, unreadMentionSequences: sequences = [] } = one;
  expect(listed).toMatchObject({ unreadMentions, lastSequence: one.lastSequence });
  expect(listed?.unreadMentionSequences).toEqual(one.unreadMentionSequences);
  expect(sequences).toHaveLength(unreadMentions);
  return sequences;
};
const rows = async () => (await app.database.pool.query('select * from mentions where chat_id = $1', [chatId])).rows;

describe('who is mentioned', () => {
  test('members, by their names whatever the case, in the order they are named', async () => {
    const sent = await say(ann, `${at(bob).toUpperCase()} and ${at(ann)}, and ${at(bob)} again`);
    expect(sent.mentions).toEqual([bob.id, ann.id]);
    const { items, participants } = await page(bob);
    expect(items.at(-1)?.mentions).toEqual([bob.id, ann.id]);
    expect(participants.map(({ id }) => id).sort()).toEqual([ann.id, bob.id].sort());
    expect((await bob.ask<Chat>('GET', `/chats/${chatId}`)).lastMessage?.mentions).toEqual([bob.id, ann.id]);
  });

  test('nobody who is not in the chat, who has left it, or whose name nobody has', async () => {
    expect(await say(ann, `${at(carl)} @nobody.has.it mail${at(bob)} ${at(bob)}x`)).not.toHaveProperty('mentions');
    await ann.ask('DELETE', `/chats/${chatId}/members/${bob.id}`);
    expect(await say(ann, at(bob))).not.toHaveProperty('mentions');
    expect(await rows()).toEqual([]);
  });

  test('nobody who has blocked the sender', async () => {
    await bob.ask('PUT', `/blocks/${ann.id}`);
    expect(await say(ann, at(bob))).not.toHaveProperty('mentions');
    expect((await say(bob, at(ann))).mentions).toEqual([ann.id]);
    await bob.ask('DELETE', `/blocks/${ann.id}`);
    expect((await say(ann, at(bob))).mentions).toEqual([bob.id]);
  });

  test('twenty of them at most', async () => {
    const unknown = Array.from({ length: 19 }, (_, index) => `@unknown${index}`).join(' ');
    expect((await say(ann, `${unknown} ${at(bob)} ${at(ann)}`)).mentions).toEqual([bob.id]);
  });

  test('in channels too; a forward mentions nobody', async () => {
    const { id, mentions } = await say(ann, at(bob));
    expect(mentions).toEqual([bob.id]);
    const from = chatId;
    chatId = await chat('channel');
    expect((await say(ann, at(bob))).mentions).toEqual([bob.id]);
    const body = { fromChatId: from, messageIds: [id] };
    const forwarded = await ann.ask<{ items: Message[] }>('POST', `${path()}/forward`, { body });
    expect(forwarded.items[0]).toMatchObject({ content: at(bob) });
    expect(forwarded.items[0]).not.toHaveProperty('mentions');
    expect(await unread(bob)).toEqual([1]);
  });

  test('of a message sent later those who are members then', async () => {
    const scheduledAt = new Date(now + 60_000).toISOString();
    const { id } = (await say(ann, `${at(carl)} ${at(bob)}`, { scheduledAt })) as unknown as Accepted;
    await ann.ask('PUT', `/chats/${chatId}/scheduled-messages/${id}`, { body: { content: `${at(carl)}!` } });
    await ann.ask('POST', `/chats/${chatId}/members`, { body: { userIds: [carl.id] } });
    now += 60_000;
    await expect.poll(async () => (await page(carl)).items.at(-1)?.mentions, { timeout: 5_000 }).toEqual([carl.id]);
  });

  test('is told live', async () => {
    const [live, socket] = [await openLive(app.url, bob.token), await connectSocketClient(`${app.url}/chat`, bob)];
    const heard = waitForEvent<{ message: Message }>(socket, 'chat.message.new');
    await say(ann, at(bob));
    expect((await live.until(({ type }) => type === 'message')).message).toMatchObject({ mentions: [bob.id] });
    expect((await heard).message).toMatchObject({ mentions: [bob.id] });
    await Promise.all([live.close(), disconnectSocketClient(socket)]);
  });
});

describe('what is unread of it', () => {
  test('is counted from the read cursor on, for each by themself', async () => {
    await say(ann, at(bob));
    await say(ann, 'nobody');
    await say(ann, `${at(bob)} ${at(ann)}`);
    expect(await unread(bob)).toEqual([1, 3]);
    expect(await unread(ann)).toEqual([]);
    await read(bob, 1);
    expect(await unread(bob)).toEqual([3]);
    await read(bob);
    expect(await unread(bob)).toEqual([]);
  });

  test('is gone when one writes oneself, and when one comes back', async () => {
    await say(ann, at(bob));
    await say(bob, 'here');
    expect(await unread(bob)).toEqual([]);
    await say(ann, at(bob));
    await ann.ask('DELETE', `/chats/${chatId}/members/${bob.id}`);
    await ann.ask('POST', `/chats/${chatId}/members`, { body: { userIds: [bob.id] } });
    expect(await unread(bob)).toEqual([]);
  });

  test('follows an edit', async () => {
    const first = await say(ann, 'nobody');
    expect((await edit(ann, first, at(bob))).mentions).toEqual([bob.id]);
    expect(await unread(bob)).toEqual([1]);
    await edit(ann, first, `${at(bob)}!`);
    expect(await unread(bob)).toEqual([1]);
    expect(await edit(ann, first, 'nobody after all')).not.toHaveProperty('mentions');
    expect(await unread(bob)).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test('goes with a message that is deleted, which says where it was', async () => {
    const live = await openLive(app.url, bob.token);
    await say(ann, 'first');
    const gone = await say(ann, at(bob));
    await erase(ann, gone);
    expect(await unread(bob)).toEqual([]);
    expect(await rows()).toEqual([]);
    expect((await page(bob)).items.at(-1)).not.toHaveProperty('mentions');
    expect(await live.until(({ type }) => type === 'message_deleted')).toMatchObject({ sequence: 2 });
    await live.close();
  });

  test('is told up to a hundred, the newest', async () => {
    for (let index = 0; index < 101; index += 1) await say(ann, at(bob), { clientMessageId: `m${index}` });
    await say(ann, 'the last');
    const sequences = await unread(bob);
    expect([sequences.length, sequences[0], sequences.at(-1)]).toEqual([100, 2, 101]);
  });
});

test('a batch in which nobody is mentioned writes as before', async () => {
  await say(ann, 'nobody');
  expect(await rows()).toEqual([]);
  await Promise.all([say(ann, at(bob)), say(ann, 'nobody'), say(bob, `${at(ann)} ${at(bob)}`)]);
  expect(await rows()).toHaveLength(3);
});
