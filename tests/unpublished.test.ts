import { type Chat, chatTopic } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordMessages } from './support/crowd.ts';
import { faults } from './support/faults/words.ts';
import { historyOf, written } from './support/history.ts';
import { makeGroup, type Person, signUp, startClient } from './support/people.ts';
import { startReader } from './support/reader.ts';
import { type Server, startServer } from './support/server.ts';
import { connectSocketIO } from './support/socketio.ts';
import { until } from './support/until.ts';

const { lost, crash: lastWords } = faults;

describe('committed, but never published', () => {
  let server: Server;
  let ann: Person;
  let bob: Person;
  let group: Chat;

  beforeAll(async () => {
    server = await startServer({ preload: 'tests/support/faults/preload.ts' });
    [ann, bob] = (await Promise.all(['ann', 'bob'].map((name) => signUp(server.url, name)))) as [Person, Person];
    group = await makeGroup(ann, [bob]);
  });
  afterAll(() => server?.close());

  async function startReceivers() {
    const { position } = await bob.http.call('messages.page', { params: { chatId: group.id } });
    const positions = new Map([[chatTopic(group.id), position]]);
    const reader = startReader({ url: server.url, token: () => bob.tokens.access_token, positions });
    const client = await startClient(server.url, bob);
    const log = recordMessages(client, [group]);
    await until(reader.isOnline, 'the reader is online');
    const contents = (): string[][] =>
      [reader.logs, log].map((logs) => logs.get(group.id)!.map(({ content }) => content));
    return {
      contents,
      stop() {
        expect(reader.surprises).toEqual([]);
        reader.stop();
        client.stop();
      },
    };
  }

  const say = (content: string) => ann.http.call('messages.send', { params: { chatId: group.id }, body: { content } });

  it('is told within the period of comparing with the log, though nothing follows it', async () => {
    const receivers = await startReceivers();
    const talker = await connectSocketIO(server.url, bob.tokens.access_token);
    await talker.ask('room:join', { chatId: group.id });
    await say(lost);
    const committedAt = Date.now();
    expect(server.printed().match(/^fault: lost$/gm)).toHaveLength(1);
    await until(() => receivers.contents().every((told) => told.length > 0), 'it is told', 6_000);
    await until(() => talker.heard('message.new').length > 0, 'on Socket.IO, too', 6_000 - (Date.now() - committedAt));
    expect(receivers.contents()).toEqual([[lost], [lost]]);
    talker.close();
    receivers.stop();
  });

  it('is told at once and in order when something follows it', async () => {
    const receivers = await startReceivers();
    await say(lost);
    await say('this arrives');
    await until(() => receivers.contents().every((told) => told.length === 2), 'both are told', 1_500);
    const both = [lost, 'this arrives'];
    expect(receivers.contents()).toEqual([both, both]);
    receivers.stop();
  });

  it('is told after a restart when the server dies right after the commit, and its repeat changes nothing', async () => {
    const receivers = await startReceivers();
    const client = await startClient(server.url, ann);
    const before = written(await historyOf(ann, group.id)).length;
    const sent = client.send(group.id, { content: lastWords });
    await server.ended();
    expect(receivers.contents()).toEqual([[], []]);
    await server.restart();

    await until(() => receivers.contents().every((told) => told.length > 0), 'it is told');
    const { id } = await sent;
    await client.send(group.id, { content: 'and on' });
    await until(() => receivers.contents().every((told) => told.includes('and on')), 'it goes on');
    const both = [lastWords, 'and on'];
    expect(receivers.contents()).toEqual([both, both]);
    expect(written(await historyOf(bob, group.id)).slice(before)).toMatchObject([{ id }, { content: 'and on' }]);
    client.stop();
    receivers.stop();
  });
});
