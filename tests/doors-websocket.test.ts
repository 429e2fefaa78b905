import type { Chat } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyOf, written } from './support/history.ts';
import { makeGroup, type Person, signUp } from './support/people.ts';
import { type Server, startServer } from './support/server.ts';
import { sleep, until } from './support/until.ts';
import { openSignedIn, openSocket, type Wscat } from './support/wscat.ts';

const contentOf = (message: unknown): string => (message as { content: string }).content;

describe('/ws, as wscat sees it', () => {
  let server: Server;
  let ann: Person;
  let bob: Person;
  let eve: Person;
  let group: Chat;
  const sockets: Wscat[] = [];

  beforeAll(async () => {
    server = await startServer();
    [ann, bob, eve] = (await Promise.all(['ann', 'bob', 'eve'].map((name) => signUp(server.url, name)))) as [
      Person,
      Person,
      Person,
    ];
    group = await makeGroup(ann, [bob]);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await server?.close();
  });

  const keep = (socket: Wscat): Wscat => {
    sockets.push(socket);
    return socket;
  };
  const enter = async ({ tokens }: Person): Promise<Wscat> => keep(await openSignedIn(server.url, tokens.access_token));

  describe('signing in', () => {
    it('by frame, by ?token= and as a subprotocol, with an access token or one of /auth/ws', async () => {
      const { token, scopes } = await ann.http.call('auth.socketToken', { body: {} });
      expect(scopes).toContain('chat:read:message');
      const cases = [ann.tokens.access_token, token].flatMap((each) => [
        () => openSocket(server.url, { query: `?token=${encodeURIComponent(each)}` }),
        () => openSocket(server.url, { protocols: ['parley', each] }),
        async () => {
          const socket = await openSocket(server.url);
          socket.send({ type: 'auth', token: each });
          return socket;
        },
      ]);
      for (const open of cases) {
        const socket = keep(await open());
        const answer = await socket.wait(({ type }) => type === 'auth_ok', 'auth_ok');
        expect(answer).toEqual({ type: 'auth_ok', userId: ann.id, connectionId: expect.any(String) });
      }
    });

    it('is refused with an error and a code that says not to come back', async () => {
      for (const options of [{ query: '?token=nonsense' }, { protocols: ['parley', 'nonsense'] }]) {
        const socket = keep(await openSocket(server.url, options));
        expect(await socket.untilClosed()).toBe(3501);
        expect(socket.frames).toMatchObject([
          { type: 'error', code: expect.stringMatching(/unauthorized|invalid_token/) },
        ]);
      }
    });

    it('does not say anything to a socket that is not signed in, and closes it after 10 seconds', async () => {
      const socket = keep(await openSocket(server.url));
      const before = Date.now();
      socket.send({ type: 'subscribe', chatId: group.id });
      socket.send({ type: 'message', chatId: group.id, content: 'from nobody', clientMessageId: 'nobody' });
      expect(await socket.untilClosed(15_000)).toBe(3004);
      expect(Date.now() - before).toBeGreaterThan(8_500);
      expect(Date.now() - before).toBeLessThan(12_500);
      expect(new Set(socket.frames.map(({ type, code }) => `${type} ${code}`))).toEqual(
        new Set(['error unauthorized']),
      );
    });

    it('refuses origins that are not ours, and lets programs in that have none', async () => {
      const foreign = openSocket(server.url, { headers: { origin: 'https://elsewhere.example' } });
      await expect(foreign).rejects.toThrow('403');
      keep(await openSocket(server.url, { headers: { origin: server.url } }));
    });
  });

  describe('frames', () => {
    it('message: acknowledged, and told to all of the chat, the sender too', async () => {
      const [fromAnn, toBob, toEve] = [await enter(ann), await enter(bob), await enter(eve)];
      const frame = { type: 'message', chatId: group.id, clientMessageId: 'key-1', content: 'hello' };
      const ack = await fromAnn.ask(frame);
      expect(ack).toEqual({ type: 'ack', ref: ack.ref, id: expect.any(String) });
      const isIt = ({ type }: { type: string }): boolean => type === 'message';
      const [own, others] = [await fromAnn.wait(isIt, 'own'), await toBob.wait(isIt, 'to others')];
      expect(others).toMatchObject({
        topic: `chat:${group.id}`,
        epoch: expect.any(String),
        offset: expect.any(Number),
        chatId: group.id,
        message: { id: ack.id, chatId: group.id, content: 'hello', messageType: 'text', status: 'sent' },
      });
      expect(own.message as object satisfies object).toMatchObject({ clientMessageId: 'key-1' });
      expect(others.message).not.toHaveProperty('clientMessageId');
      await sleep(200);
      expect(toEve.ofType('message')).toEqual([]);
    });

    it('message: refused with the reason, and the socket goes on', async () => {
      const [fromAnn, fromEve] = [await enter(ann), await enter(eve)];
      const refusals = [
        await fromAnn.ask({ type: 'message', chatId: group.id, content: ' ' }),
        await fromAnn.ask({ type: 'message', chatId: group.id, content: 'x'.repeat(8_001) }),
        await fromAnn.ask({ type: 'message', chatId: 'no id', content: 'x' }),
        await fromAnn.ask({ type: 'message', chatId: group.id }),
        await fromEve.ask({ type: 'message', chatId: group.id, content: 'let me in' }),
      ];
      expect(refusals.map(({ type, code }) => [type, code])).toEqual([
        ['error', 'message_empty'],
        ['error', 'message_too_long'],
        ['error', 'validation_error'],
        ['error', 'message_empty'],
        ['error', expect.stringMatching(/chat_not_found|forbidden/)],
      ]);
      for (const { message } of refusals) expect(message).toEqual(expect.any(String));
      expect(await fromAnn.ask({ type: 'message', chatId: group.id, content: 'now' })).toMatchObject({ type: 'ack' });
    });

    it('resume: what was missed in order, then `resumed`; what cannot be continued is `resync`', async () => {
      const { position } = await ann.http.call('messages.page', { params: { chatId: group.id } });
      for (const content of ['one', 'two', 'three']) {
        await ann.http.call('messages.send', { params: { chatId: group.id }, body: { content } });
      }
      const socket = keep(await openSocket(server.url));
      socket.send({ type: 'auth', token: bob.tokens.access_token });
      const positions = {
        [`chat:${group.id}`]: position,
        [`user:${bob.id}`]: { epoch: 'of another database', offset: 3 },
        [`user:${ann.id}`]: position,
      };
      socket.send({ type: 'resume', positions });
      const resync = await socket.wait(({ type }) => type === 'resync', 'resync');
      expect(resync.topics).toEqual(expect.arrayContaining([`user:${bob.id}`, `user:${ann.id}`]));
      const come = socket.frames.filter(({ type }) => type === 'message' || type === 'resumed');
      expect(come.map(({ type, topics, message }) => [type, topics ?? contentOf(message)])).toEqual([
        ['message', 'one'],
        ['message', 'two'],
        ['message', 'three'],
        ['resumed', [`chat:${group.id}`]],
      ]);
      const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`chat:${index}`, position]));
      expect(await socket.ask({ type: 'resume', positions: many })).toMatchObject({ code: 'validation_error' });
    });

    it('subscribe, unsubscribe: also a public channel that one only looks at; outsiders are refused', async () => {
      const channel = await ann.http.call('chats.create', {
        body: { type: 'channel', title: 'News', publicName: 'news_of_ann', memberIds: [] },
      });
      const toEve = await enter(eve);
      const post = (content: string) =>
        ann.http.call('messages.send', { params: { chatId: channel.id }, body: { content } });
      const said = (): string[] => toEve.ofType('message').map(({ message }) => contentOf(message));
      const { epoch, offset } = channel.position;
      expect(await toEve.ask({ type: 'subscribe', chatId: channel.id })).toMatchObject({
        type: 'subscribed',
        chatId: channel.id,
        epoch,
        offset,
      });
      await post('seen');
      await until(() => said().includes('seen'), 'the post comes');
      expect(await toEve.ask({ type: 'unsubscribe', chatId: channel.id })).toMatchObject({ type: 'unsubscribed' });
      await post('missed');
      await sleep(200);
      expect(said()).toEqual(['seen']);
      await toEve.ask({ type: 'subscribe', chatId: channel.id, since: { epoch, offset } });
      await until(() => said().length === 3, 'since: what came after');
      expect(said()).toEqual(['seen', 'seen', 'missed']);
      expect(await toEve.ask({ type: 'subscribe', chatId: group.id })).toMatchObject({
        type: 'error',
        code: 'forbidden',
      });
      expect(await toEve.ask({ type: 'message', chatId: channel.id, content: 'me too' })).toMatchObject({
        type: 'error',
      });
    });

    it('typing: to the chat, the sender too; not from or to outsiders', async () => {
      const [fromAnn, toBob, toEve] = [await enter(ann), await enter(bob), await enter(eve)];
      fromAnn.send({ type: 'typing', chatId: group.id });
      toEve.send({ type: 'typing', chatId: group.id });
      for (const socket of [fromAnn, toBob]) {
        const typing = await socket.wait(({ type }) => type === 'typing', 'typing');
        expect(typing).toMatchObject({ chatId: group.id, userId: group.myParticipantId });
        expect(typing).not.toHaveProperty('offset');
      }
      await sleep(200);
      expect(toEve.ofType('typing')).toEqual([]);
      expect(toBob.ofType('typing')).toHaveLength(1);
    });

    it('read: moves the cursor, tells the chat, and never goes back', async () => {
      const [fromBob, toAnn] = [await enter(bob), await enter(ann)];
      const last = (await historyOf(bob, group.id)).at(-1)!.sequence;
      expect(await fromBob.ask({ type: 'read', chatId: group.id, sequence: last })).toMatchObject({ type: 'ack' });
      const receipt = await toAnn.wait(({ type }) => type === 'read_receipt', 'the receipt');
      expect(receipt).toMatchObject({ chatId: group.id, sequence: last, offset: expect.any(Number) });
      await fromBob.ask({ type: 'read', chatId: group.id, sequence: 1 });
      const chat = await bob.http.call('chats.get', { params: { chatId: group.id } });
      expect(chat).toMatchObject({ readSequence: last, unreadCount: 0 });
    });

    it('ping, presence_update and watch', async () => {
      const [watching, watched] = [await enter(ann), await enter(bob)];
      expect(await watching.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
      watching.send({ type: 'watch', userIds: [bob.id] });
      watched.send({ type: 'presence_update', status: 'away' });
      await watching.wait(({ type, userId }) => type === 'presence' && userId === bob.id, 'presence of bob');
      expect(await watching.ask({ type: 'watch', userIds: 'bob' })).toMatchObject({ code: 'validation_error' });
    });

    it('answers what it does not understand, and hangs up on whoever goes on with it', async () => {
      const socket = await enter(ann);
      expect(await socket.ask({ type: 'dance' })).toMatchObject({ type: 'error', code: 'unknown_type' });
      expect(await socket.ask({ type: '__proto__' })).toMatchObject({ type: 'error', code: 'unknown_type' });
      for (const text of ['', 'null', '[]', '{}', '{"type":1}', 'no json']) socket.sendText(text);
      await until(() => socket.ofType('error').length === 8, 'an error for each');
      expect(socket.closed()).toBeUndefined();
      for (let count = 0; count < 10; count += 1) socket.sendText('{');
      expect(await socket.untilClosed()).toBe(3502);
      const large = await enter(ann);
      large.send({ type: 'message', chatId: group.id, content: 'x'.repeat(70_000) });
      expect(await large.untilClosed()).toBe(1009);
    });

    it('tells edits and deletions', async () => {
      const toBob = await enter(bob);
      const { id: messageId } = await ann.http.call('messages.send', {
        params: { chatId: group.id },
        body: { content: 'frist' },
      });
      const params = { chatId: group.id, messageId };
      await ann.http.call('messages.edit', { params, body: { content: 'first' } });
      const edited = await toBob.wait(({ type }) => type === 'message_updated', 'the edit');
      expect(edited).toMatchObject({
        chatId: group.id,
        message: { id: messageId, content: 'first', editedAt: expect.any(String) },
      });
      await ann.http.call('messages.delete', { params, query: { forEveryone: true } });
      const deleted = await toBob.wait(({ type }) => type === 'message_deleted', 'the deletion');
      expect(deleted).toMatchObject({ chatId: group.id, messageId, forEveryone: true });
    });

    it('tells at once of chats that begin and end, and their messages without a new sign-in', async () => {
      const toEve = await enter(eve);
      const { id: chatId } = await makeGroup(ann, [eve], 'begun later');
      expect(await toEve.wait(({ type }) => type === 'chat_created', 'the chat')).toMatchObject({
        chat: { id: chatId },
      });
      await ann.http.call('messages.send', { params: { chatId }, body: { content: 'welcome' } });
      await toEve.wait(({ type, chatId: id }) => type === 'message' && id === chatId, 'its message');
      await ann.http.call('chats.delete', { params: { chatId } });
      await toEve.wait(({ type, chatId: id }) => type === 'chat_deleted' && id === chatId, 'its end');
    });
  });

  it('keeps the order of one connection’s messages to one chat, however fast they come', async () => {
    const { id: chatId } = await makeGroup(ann, []);
    const socket = await enter(ann);
    const contents = Array.from({ length: 100 }, (_, index) => `${index}`);
    for (const content of contents) {
      socket.send({ type: 'message', chatId, content, clientMessageId: `fast-${content}`, ref: content });
    }
    await until(() => socket.ofType('ack').length === contents.length, 'all are acknowledged');
    expect(written(await historyOf(ann, chatId)).map(({ content }) => content)).toEqual(contents);
    expect(socket.ofType('message').map(({ message }) => contentOf(message))).toEqual(contents);
  });
});
