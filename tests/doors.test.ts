import type { Chat } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCurl } from './support/curl.ts';
import { expectDense, historyOf, written } from './support/history.ts';
import { makeGroup, type Person, signUp } from './support/people.ts';
import { type Server, startServer } from './support/server.ts';
import { connectSocketIO, type Talker } from './support/socketio.ts';
import { sleep, until } from './support/until.ts';
import { openSignedIn, type Wscat } from './support/wscat.ts';

/** Sends by one door and gives the id that the door answers. */
type Send = (clientMessageId: string, content?: string) => Promise<string>;

describe('one message, whichever door and however often', () => {
  let server: Server;
  let ann: Person;
  let bob: Person;
  let group: Chat;
  let fromAnn: { plain: Wscat; io: Talker };
  let toBob: { plain: Wscat; io: Talker; chat: Talker };

  beforeAll(async () => {
    server = await startServer();
    [ann, bob] = (await Promise.all(['ann', 'bob'].map((name) => signUp(server.url, name)))) as [Person, Person];
  });
  afterAll(() => server?.close());

  beforeEach(async () => {
    group = await makeGroup(ann, [bob]);
    const [annToken, bobToken] = [ann.tokens.access_token, bob.tokens.access_token];
    fromAnn = {
      plain: await openSignedIn(server.url, annToken),
      io: await connectSocketIO(server.url, annToken),
    };
    toBob = {
      plain: await openSignedIn(server.url, bobToken),
      io: await connectSocketIO(server.url, bobToken),
      chat: await connectSocketIO(`${server.url}/chat`, bobToken),
    };
    await toBob.io.ask('room:join', { chatId: group.id });
    return () => {
      for (const door of [...Object.values(fromAnn), ...Object.values(toBob)]) door.close();
    };
  });

  const rest =
    (path: string): Send =>
    async (clientMessageId, content = 'once') => {
      const data = { content, clientMessageId };
      const { body } = await createCurl(server.url)(`POST ${path}/chats/${group.id}/messages`, {
        token: ann.tokens.access_token,
        data,
      });
      expect(body.clientMessageId).toBe(clientMessageId);
      return body.id;
    };
  const plain: Send = async (clientMessageId, content = 'once') => {
    const ack = await fromAnn.plain.ask({ type: 'message', chatId: group.id, clientMessageId, content });
    return String(ack.id);
  };
  const socketIO: Send = async (clientId, body = 'once') => {
    const ack = await fromAnn.io.ask('message:send', { chatId: group.id, clientId, body });
    return String(ack.data?.serverId);
  };
  const doors: Send[] = [rest(''), rest('/v1'), plain, socketIO];

  /** One id, one message, one event on each of the receiver's doors. */
  async function expectOnce(ids: readonly string[], contents = ['once']): Promise<void> {
    expect(new Set(ids).size).toBe(contents.length);
    const history = await historyOf(bob, group.id);
    expectDense(history);
    expect(written(history).map(({ content }) => content)).toEqual(contents);
    const heard = (): object[][] => [
      toBob.plain.ofType('message').filter(({ chatId }) => chatId === group.id),
      toBob.io.heard('message.new').filter(({ chatId }) => chatId === group.id),
      toBob.chat.heard('chat.message.new').filter(({ chatId }) => chatId === group.id),
    ];
    const texts = (events: object[]): string[] =>
      events
        .map((event) => (event as { message: { content: string; messageType: string } }).message)
        .filter(({ messageType }) => messageType === 'text')
        .map(({ content }) => content);
    await until(() => heard().every((events) => texts(events).length >= contents.length), 'the events come');
    await sleep(300);
    expect(heard().map(texts)).toEqual([contents, contents, contents]);
  }

  it('repeated twenty times at once by each door: before the commit', async () => {
    const ids = await Promise.all(doors.flatMap((send) => Array.from({ length: 20 }, () => send('same-key'))));
    expect(ids).toHaveLength(80);
    await expectOnce(ids);
  });

  it('repeated by another door, after the commit, also with other words', async () => {
    for (const [index, first] of doors.entries()) {
      const key = `after-${index}`;
      const ids = [await first(key, `words ${index}`)];
      await until(
        () => toBob.plain.ofType('message').some(({ message }) => (message as { id: string }).id === ids[0]),
        'it is committed and told',
      );
      for (const again of doors) ids.push(await again(key, 'other words'));
      expect(new Set(ids).size).toBe(1);
    }
    const contents = doors.map((_, index) => `words ${index}`);
    await expectOnce(contents, contents);
  });

  it('is another message in another chat, by another person, or without a key', async () => {
    const other = await makeGroup(ann, [bob]);
    const send = async (person: Person, chatId: string, body: object): Promise<string> => {
      const token = person.tokens.access_token;
      return (await createCurl(server.url)(`POST /chats/${chatId}/messages`, { token, data: body })).body.id;
    };
    const keyed = { content: 'x', clientMessageId: 'shared' };
    const ids = [
      await send(ann, group.id, keyed),
      await send(ann, other.id, keyed),
      await send(bob, group.id, keyed),
      await send(ann, group.id, { content: 'x' }),
      await send(ann, group.id, { content: 'x' }),
    ];
    expect(new Set(ids).size).toBe(5);
    await until(async () => written(await historyOf(bob, group.id)).length === 4, 'four in the one chat');
    expect(written(await historyOf(bob, other.id))).toHaveLength(1);
  });

  it('stays one after it was deleted', async () => {
    const id = await rest('')('deleted');
    await until(async () => written(await historyOf(ann, group.id)).length === 1, 'it is stored');
    await ann.http.call('messages.delete', {
      params: { chatId: group.id, messageId: id },
      query: { forEveryone: true },
    });
    for (const send of doors) expect(await send('deleted', 'back again')).toBe(id);
    await sleep(200);
    expect(written(await historyOf(bob, group.id))).toMatchObject([{ id, content: '', deletedAt: expect.any(String) }]);
  });
});
