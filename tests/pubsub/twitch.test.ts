import type { Chat } from '@parley/contract';
import { BasicPubSubClient } from '@twurple/pubsub';
import TwitchPS from 'twitchps';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, signUp } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

interface RawFrame {
  type: string;
  data?: { topic: string; message: { chat: { title: string } } };
}

/** Clients that were written for Twitch, as they come from the registry. */
describe('published Twitch PubSub clients', () => {
  let server: Server;
  let owner: Person;
  let channel: Chat;
  let address: string;

  beforeAll(async () => {
    server = await startServer();
    address = `${server.url.replace('http', 'ws')}/pubsub`;
    owner = await signUp(server.url);
    channel = await owner.http.call('chats.create', { body: { type: 'channel', title: 'news', memberIds: [] } });
  });
  afterAll(() => server?.close());

  const socketToken = async (): Promise<string> => (await owner.http.call('auth.socketToken', { body: {} })).token;
  const rename = (title: string) =>
    owner.http.call('chats.update', { params: { chatId: channel.id }, body: { title } });

  it('twitchps 1.6: listens and hears of a new title, only its option `url` is changed', async () => {
    const topic = `channel:update.${channel.id}`;
    const client = new TwitchPS({
      url: address,
      reconnect: false,
      init_topics: [{ topic, token: await socketToken() }],
    });
    const frames: RawFrame[] = [];
    // It tells refusals twice; here those of the promises are looked at.
    client.on('error', () => {});
    client.on('raw', (frame: RawFrame) => frames.push(frame));
    await until(() => frames.some(({ type }) => type === 'RESPONSE'), 'the first topic is answered');
    await client.addTopic([{ topic: 'channel:update', token: await socketToken() }]);
    await expect(client.addTopic([{ topic: 'channel:nothing', token: await socketToken() }])).rejects.toBe(
      'ERR_BADTOPIC',
    );
    await expect(client.addTopic([{ topic: 'chat:message', token: 'not a token' }])).rejects.toBe('ERR_BADAUTH');
    await rename('evening news');
    const told = () => frames.flatMap(({ type, data }) => (type === 'MESSAGE' && data ? [data] : []));
    await until(() => told().length === 2, 'both topics are told');
    expect(told().map((data) => data.topic)).toEqual(expect.arrayContaining([topic, 'channel:update']));
    expect(told().map((data) => data.message.chat.title)).toEqual(['evening news', 'evening news']);
    await client.removeTopic([{ topic: 'channel:update' }]);
    client._ws.close();
  });

  it('@twurple/pubsub 5.3: listens, pings, reconnects and hears of a new title, only its target is changed', async () => {
    const client = new BasicPubSubClient({ logger: { minLevel: 'critical' } });
    // The class has no option for its address: it is changed from outside.
    Object.assign((client as unknown as { _connection: object })._connection, { _target: { url: address } });
    const heard: { topic: string; title: string }[] = [];
    let pongs = 0;
    client.onPong(() => {
      pongs += 1;
    });
    client.onMessage((topic, message) => {
      heard.push({ topic, title: (message as unknown as { chat: { title: string } }).chat.title });
    });
    const topic = `channel:update.${channel.id}`;
    await client.listen(topic, socketToken);
    await client.connect();
    await until(() => pongs > 0, 'a PING is answered');
    await client.listen('channel:update', await socketToken());
    await expect(client.listen('channel:nothing', await socketToken())).rejects.toThrow('ERR_BADTOPIC');
    await client.unlisten('channel:nothing');
    await rename('morning news');
    await until(() => heard.length === 2, 'both topics are told');
    expect(heard).toEqual(
      expect.arrayContaining([
        { topic, title: 'morning news' },
        { topic: 'channel:update', title: 'morning news' },
      ]),
    );
    await client.unlisten('channel:update');
    await client.reconnect();
    await until(() => pongs > 1, 'it is back');
    await rename('noon news');
    await until(() => heard.length > 2, 'it listens again');
    expect(heard.slice(2)).toEqual([{ topic, title: 'noon news' }]);
    await client.disconnect();
  });
});
