import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { closeCodes } from '../../close-codes.ts';
import { pubSubTable, type Stage, setStage } from '../../testing/stage.ts';
import type { Position } from '../../types.ts';
import { type DoorClient, doorSuite, pause, type Told, until } from '../door.suite.ts';
import { openPubSub, type PubSubClient, type Told as PubSubTold } from './client.suite.ts';
import { toPublishedEvent } from './table.ts';

/** Why the shared suite is told that a topic was refused. */
const reasons: Record<string, string> = { ERR_BADAUTH: 'forbidden', ERR_BADTOPIC: 'validation_error' };

/** The shared suite speaks of chats; here each is a topic of its own. */
async function connect(stage: Stage, token: string, since?: Record<string, Position>): Promise<DoorClient> {
  const client = await openPubSub(stage);
  const { error, data } = await client.listen(token, ['user:noted']);
  if (error !== '') throw new Error(data?.code ?? error);
  const extra: Told[] = [];
  if (since !== undefined) await resume(client, token, since, extra);
  return {
    get told() {
      const reconnects = client.types
        .filter((type) => type === 'RECONNECT')
        .map(() => ({ name: 'reconnect', afterMs: 0 }));
      return [...client.told.map(toTold), ...extra, ...reconnects];
    },
    closed: () => client.closed() ?? (client.revoked.includes('user:noted') ? 'AUTH_REVOKED' : undefined),
    async subscribe(chatId, position) {
      const topic = `chat:said.${chatId}`;
      const answer = await client.listen(token, [topic], position === undefined ? undefined : { [topic]: position });
      return answer.data?.positions?.[topic] ?? reasons[answer.error]!;
    },
    unsubscribe: (chatId) => client.ask({ type: 'UNLISTEN', data: { topics: [`chat:said.${chatId}`] } }),
    async command(_name, payload) {
      const { error: code } = await client.ask({
        type: 'PUBLISH',
        data: { topic: 'app:x', message: payload, auth_token: token },
      });
      return { code };
    },
    sendRaw: client.sendRaw,
    stopReading: () => client.tcp.pause(),
    goOnReading: () => client.tcp.resume(),
    close: () => client.socket.terminate(),
  };
}

async function resume(
  client: PubSubClient,
  token: string,
  since: Record<string, Position>,
  told: Told[],
): Promise<void> {
  const topicOf = (hubTopic: string) => hubTopic.replace('chat:', 'chat:said.');
  const byTopic = Object.fromEntries(Object.entries(since).map(([topic, position]) => [topicOf(topic), position]));
  const { data = {} } = await client.listen(token, Object.keys(byTopic), byTopic);
  const worthless = Object.keys(since).filter(
    (topic) => data.resync?.includes(topicOf(topic)) || (data.topics?.[topicOf(topic)] ?? '') !== '',
  );
  told.push({ name: 'resumed', topics: Object.keys(since).filter((topic) => !worthless.includes(topic)) });
  if (worthless.length > 0) told.push({ name: 'resync', topics: worthless });
}

function toTold({ topic, message, log, offset }: PubSubTold): Told {
  const name = topic.split(/[:.]/)[1]!;
  return { name, ...(message as { text: string }), ...(log === undefined ? {} : { topic: log, offset: offset! }) };
}

doorSuite({
  name: 'pubsub',
  connect: (...given) =>
    connect(...given).catch((error: Error) => {
      throw new Error(error.message.replace('ERR_BADAUTH', 'unauthorized'));
    }),
  endedAs: 'AUTH_REVOKED',
  expiredAs: 'AUTH_REVOKED',
  hasNoCommands: true,
});

/** Types of what `/ws` tells. */
async function connectWebSocket({ url }: Stage, token: string): Promise<string[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?token=${token}`);
  const types: string[] = [];
  socket.on('message', (bytes) => types.push((JSON.parse(String(bytes)) as { type: string }).type));
  await until(() => types.length > 0);
  return types;
}

describe('/pubsub', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  it("speaks Twitch's frames to the letter", async () => {
    stage = await setStage();
    stage.topics.set('ann', ['chat:1']);
    const frames: unknown[] = [];
    const client = await openPubSub(stage);
    client.socket.on('message', (bytes) => frames.push(JSON.parse(String(bytes))));
    client.send({ type: 'PING' });
    client.send({ type: 'LISTEN', nonce: 'a', data: { topics: ['chat:said'], auth_token: 'ann' } });
    await until(() => frames.length === 2);
    const { epoch } = stage.say('chat:1');
    await until(() => frames.length === 3);
    client.send({ type: 'UNLISTEN', data: { topics: ['chat:said'] } });
    await until(() => frames.length === 4);
    stage.say('chat:1');
    client.send({ type: 'PING' });
    await until(() => frames.length === 5);
    const message = JSON.stringify({ text: 'chat:1 said' });
    const place = { message_id: `chat:1/${epoch}/1`, log: 'chat:1', epoch, offset: 1 };
    expect(frames).toEqual([
      { type: 'PONG' },
      { type: 'RESPONSE', error: '', nonce: 'a' },
      { type: 'MESSAGE', data: { topic: 'chat:said', message, ...place } },
      { type: 'RESPONSE', error: '', nonce: '' },
      { type: 'PONG' },
    ]);
  });

  it('names every error, and the topics that failed', async () => {
    stage = await setStage();
    stage.topics.set('ann', ['chat:1']);
    const client = await openPubSub(stage);
    const errorOf = async (frame: object) => (await client.ask(frame)).error;
    expect(await errorOf({ type: 'LISTEN' })).toBe('ERR_BADMESSAGE');
    expect(await errorOf({ type: 'LISTEN', data: { topics: 'chat:said', auth_token: 'ann' } })).toBe('ERR_BADMESSAGE');
    expect(await errorOf({ type: 'UNLISTEN', data: { topics: [1] } })).toBe('ERR_BADMESSAGE');
    expect(await errorOf({ type: 'SHOUT' })).toBe('ERR_BADMESSAGE');
    expect(await errorOf({ type: 'LISTEN', data: { topics: ['chat:said'] } })).toBe('ERR_BADAUTH');
    expect(await client.listen('bad', ['chat:said'])).toMatchObject({
      error: 'ERR_BADAUTH',
      data: { code: 'unauthorized' },
    });
    const topics = ['chat:said', 'chat:nothing', 'chat:said.!', 'chat:said.2', 'chat:said.1', 'chat:said.1.1'];
    expect(await client.listen('ann', topics)).toMatchObject({
      error: 'ERR_BADTOPIC',
      data: {
        topics: {
          'chat:said': '',
          'chat:nothing': 'ERR_BADTOPIC',
          'chat:said.!': 'ERR_BADTOPIC',
          'chat:said.2': 'ERR_BADAUTH',
          'chat:said.1': '',
          'chat:said.1.1': 'ERR_BADTOPIC',
        },
      },
    });
    stage.say('chat:1');
    await until(() => client.told.length === 2);
    expect(client.told.map(({ topic }) => topic).sort()).toEqual(['chat:said', 'chat:said.1']);
    expect(new Set(client.told.map(({ message_id }) => message_id)).size).toBe(1);
  });

  it('holds a token to its scopes', async () => {
    stage = await setStage();
    const client = await openPubSub(stage);
    expect((await client.listen('ann/s//other:read:x', ['chat:typing'])).error).toBe('ERR_BADAUTH');
    expect((await client.listen('ann/s//chat:read:typing', ['chat:typing'])).error).toBe('');
    expect((await client.listen('ann/s//chat:read:*', ['chat:typing'])).error).toBe('');
    expect((await client.listen('ann/s//', ['chat:said'])).error).toBe('');
  });

  it('takes 50 topics a socket', async () => {
    stage = await setStage();
    const client = await openPubSub(stage);
    const topics = Array.from({ length: 51 }, (_, index) => `app:${index}`);
    const { error, data } = await client.listen('ann', topics);
    expect(error).toBe('ERR_BADTOPIC');
    expect(Object.values(data?.topics ?? {}).filter((each) => each === '')).toHaveLength(50);
    await client.ask({ type: 'UNLISTEN', data: { topics: ['app:0'] } });
    expect((await client.listen('ann', ['app:50'])).error).toBe('');
    expect(stage.pubSub.stats().topics).toBe(50);
  });

  it('closes who listens to nothing in time, and who does not PING', async () => {
    stage = await setStage({ firstListenMs: 60, pingMs: -29_700 });
    const [idle, silent] = [await openPubSub(stage), await openPubSub(stage)];
    await silent.listen('ann', ['chat:said']);
    idle.send({ type: 'PING' });
    await until(() => idle.closed() !== undefined);
    expect([idle.closed(), silent.closed()]).toEqual([closeCodes.auth_timeout, undefined]);
    await until(() => silent.closed() !== undefined);
    expect(silent.closed()).toBe(closeCodes.ping_timeout);
    await until(() => stage.connections.size === 0);
  });

  it('keeps who PINGs', async () => {
    stage = await setStage({ pingMs: -29_850 });
    const client = await openPubSub(stage);
    await client.listen('ann', ['chat:said']);
    for (let count = 0; count < 8; count += 1) {
      client.send({ type: 'PING' });
      await pause(50);
    }
    expect(client.closed()).toBeUndefined();
  });

  it('bounds the sockets of an address', async () => {
    stage = await setStage({ maxPerAddress: 2 });
    const first = await openPubSub(stage);
    await openPubSub(stage);
    await expect(openPubSub(stage)).rejects.toThrow('429');
    first.socket.close();
    await until(() => stage.pubSub.stats().connections === 1);
    await openPubSub(stage);
  });

  it('follows what one joins and leaves, without an id', async () => {
    stage = await setStage();
    const client = await openPubSub(stage);
    await client.listen('ann', ['chat:said']);
    stage.topics.set('ann', ['chat:9']);
    stage.say('user:ann', { name: 'noted', grant: ['chat:9'] });
    await until(() => stage.hub.stats().subscriptions >= 3);
    stage.say('chat:9');
    await until(() => client.told.length === 1);
    stage.topics.set('ann', []);
    stage.say('chat:9', { revoke: ['ann'] });
    stage.say('chat:9');
    await pause(30);
    expect(client.told.map(({ offset }) => offset)).toEqual([1]);
    expect(client.revoked).toEqual([]);
  });

  it('takes back a narrowed topic with the membership, and lets one ask again', async () => {
    stage = await setStage({ firstListenMs: 5000 });
    stage.topics.set('ann', ['chat:1']);
    const client = await openPubSub(stage);
    await client.listen('ann', ['chat:said.1', 'chat:typing.1', 'user:noted']);
    stage.topics.set('ann', []);
    stage.say('chat:1', { revoke: ['ann'] });
    await until(() => client.revoked.length === 2);
    expect(client.revoked.sort()).toEqual(['chat:said.1', 'chat:typing.1']);
    expect((await client.listen('ann', ['chat:said.1'])).error).toBe('ERR_BADAUTH');
    stage.topics.set('ann', ['chat:1']);
    expect((await client.listen('ann', ['chat:said.1'])).error).toBe('');
    stage.say('chat:1');
    await until(() => client.told.length === 1);
  });

  it.each(['chat:secret', 'chat:secret.1'])(
    '%s: rights come and go with the event that changes them',
    async (topic) => {
      stage = await setStage();
      stage.topics.set('ann', ['chat:1', 'chat:2']);
      stage.admins.add('ann chat:1');
      const client = await openPubSub(stage);
      expect((await client.listen('ann', [topic])).error).toBe('');
      stage.say('chat:1');
      stage.say('chat:2');
      // Asked again, and still allowed: what came meanwhile is told.
      stage.say('chat:1', { name: 'promoted' });
      stage.say('chat:1');
      await until(() => client.told.length === 2);
      stage.admins.delete('ann chat:1');
      stage.say('chat:1', { name: 'promoted' });
      stage.say('chat:1');
      await pause(30);
      expect(client.told.map(({ log, offset }) => `${log} ${offset}`)).toEqual(['chat:1 1', 'chat:1 3']);
      expect(client.revoked).toEqual(topic === 'chat:secret.1' ? [topic] : []);
      stage.admins.add('ann chat:1').add('ann chat:2');
      stage.say('chat:2', { name: 'promoted' });
      stage.say('chat:2');
      await pause(30);
      expect(client.told.length).toBe(topic === 'chat:secret' ? 3 : 2);
    },
  );

  it('resumes a narrowed topic beside one that is live', async () => {
    stage = await setStage();
    stage.topics.set('ann', ['chat:1']);
    const { epoch } = stage.say('chat:1') as { epoch: string };
    const client = await openPubSub(stage);
    await client.listen('ann', ['chat:secret.1', 'chat:said']);
    const since = { 'chat:said.1': { epoch, offset: 0 } };
    const resumed = client.listen('ann', ['chat:said.1'], since);
    for (let count = 0; count < 50; count += 1) stage.say('chat:1');
    const { data } = await resumed;
    await until(() => client.told.filter(({ topic }) => topic === 'chat:said').length === 50);
    await until(() => client.told.filter(({ topic }) => topic === 'chat:said.1').length === 51);
    const offsets = client.told.filter(({ topic }) => topic === 'chat:said.1').map(({ offset }) => offset);
    expect(offsets).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
    expect(data?.positions?.['chat:said.1']?.epoch).toBe(epoch);
  });

  it('revokes the topics of a token that ended, and takes a fresh one', async () => {
    stage = await setStage();
    const client = await openPubSub(stage);
    await client.listen(`ann/s/${Date.now() + 150}`, ['chat:said', 'user:noted']);
    await client.listen('ann/s', ['user:noted']);
    await client.listen('bob/t', ['chat:typing']);
    expect(Array.from(stage.connections.all(), ({ userId }) => userId)).toEqual(['ann', 'bob']);
    await until(() => client.revoked.length > 0);
    expect(client.revoked).toEqual(['chat:said']);
    stage.say('user:bob', { name: 'hidden', endSession: 't' });
    await until(() => client.revoked.length === 2);
    expect(client.revoked).toEqual(['chat:said', 'chat:typing']);
    expect(Array.from(stage.connections.all(), ({ userId }) => userId)).toEqual(['ann']);
    expect(client.closed()).toBeUndefined();
  });

  it('publishes to open topics, to listeners of the name and of the id', async () => {
    stage = await setStage();
    const [all, one, other] = [await openPubSub(stage), await openPubSub(stage), await openPubSub(stage)];
    await all.listen('ann', ['app:scores']);
    await one.listen('bob', ['app:scores.7', 'app:scores']);
    await other.listen('eve', ['app:scores.8']);
    const publish = (topic: string, message: unknown, token = 'ann') =>
      other.ask({ type: 'PUBLISH', data: { topic, message, auth_token: token } });
    expect((await publish('app:scores.7', '{"goals":1}')).error).toBe('');
    expect((await publish('app:scores', { goals: 2 })).error).toBe('');
    expect((await publish('chat:said', {})).error).toBe('ERR_BADTOPIC');
    expect((await publish('app:scores', {}, 'ann/s//app:read:any')).error).toBe('ERR_BADAUTH');
    expect((await publish('app:scores', {}, '')).error).toBe('ERR_BADAUTH');
    expect((await publish('app:scores', undefined)).error).toBe('ERR_BADMESSAGE');
    await until(() => all.told.length === 2 && one.told.length === 3);
    const heard = ({ told }: PubSubClient) =>
      told.map(({ topic, message, publisher }) => ({ topic, message, publisher }));
    expect(heard(all)).toEqual([
      { topic: 'app:scores', message: { goals: 1 }, publisher: 'ann' },
      { topic: 'app:scores', message: { goals: 2 }, publisher: 'ann' },
    ]);
    expect(heard(one).map(({ topic }) => topic)).toEqual(['app:scores.7', 'app:scores', 'app:scores']);
    expect(all.told[0]?.message_id).toBe(one.told[0]?.message_id);
    expect(other.told).toEqual([]);
  });

  it('tells what services publish to topics of the table, to those who may hear it', async () => {
    stage = await setStage();
    stage.topics.set('ann', ['chat:1']).set('bob', ['chat:1', 'chat:2']);
    stage.admins.add('bob chat:1');
    const [ann, bob] = [await openPubSub(stage), await openPubSub(stage)];
    await ann.listen('ann', ['chat:said', 'chat:said.1', 'chat:secret']);
    await bob.listen('bob', ['chat:secret', 'chat:secret.1']);
    const browser = await connectWebSocket(stage, 'ann');
    const publish = (topic: string) => stage.hub.publish(toPublishedEvent(pubSubTable, { topic, message: '{"n":1}' })!);
    for (const topic of ['chat:said.1', 'chat:said', 'chat:said.2', 'chat:secret.1', 'chat:secret']) publish(topic);
    await until(() => ann.told.length === 4 && bob.told.length === 3);
    await pause(20);
    expect(ann.told.map(({ topic }) => topic)).toEqual(['chat:said', 'chat:said.1', 'chat:said', 'chat:secret']);
    expect(bob.told.map(({ topic }) => topic)).toEqual(['chat:secret', 'chat:secret.1', 'chat:secret']);
    expect(ann.told.every(({ publisher, message }) => publisher === undefined && (message as { n: 1 }).n === 1)).toBe(
      true,
    );
    expect(browser).toEqual(['auth_ok']);
    expect(toPublishedEvent(pubSubTable, { topic: 'chat:nothing', message: '' })).toBeUndefined();
  });

  it('leaves nothing behind when a socket closes while it listens', async () => {
    stage = await setStage({
      async authorize() {
        await pause(20);
        return true;
      },
    } as object);
    stage.topics.set('ann', ['chat:1']);
    const client = await openPubSub(stage);
    client.send({ type: 'LISTEN', data: { topics: ['chat:said.1', 'chat:said', 'chat:secret'], auth_token: 'ann' } });
    await pause(30);
    client.socket.terminate();
    await until(() => stage.pubSub.stats().connections === 0);
    await pause(80);
    expect(stage.hub.stats().subscriptions).toBe(0);
    expect(stage.connections.size).toBe(0);
  });

  it.each(['chat:said.1', 'chat:said', 'chat:secret'])(
    '%s: is not heard by a session that ends meanwhile',
    async (topic) => {
      stage = await setStage({
        authorize: () => pause(30).then(() => true),
        topicsOf: () => pause(30).then(() => []),
      } as object);
      const client = await openPubSub(stage);
      const answer = client.listen('ann/s', [topic]);
      await pause(20);
      stage.endedSessions.add('s');
      stage.say('user:ann', { name: 'hidden', endSession: 's' });
      expect(await answer).toMatchObject({ error: 'ERR_BADAUTH' });
      expect(stage.connections.size).toBe(0);
      expect(stage.pubSub.stats().topics).toBe(0);
      expect(stage.hub.stats().subscriptions).toBe(0);
    },
  );

  it('says ERR_SERVER when rights cannot be read, and leaves nothing behind', async () => {
    stage = await setStage({
      topicsOf: async () => {
        throw new Error('no database');
      },
    });
    const client = await openPubSub(stage);
    const answer = await client.listen('ann', ['user:noted', 'chat:secret']);
    expect(answer).toMatchObject({ error: 'ERR_SERVER', data: { code: 'internal' } });
    expect(stage.hub.stats().subscriptions).toBe(0);
    expect(stage.connections.size).toBe(0);
  });

  it('answers whatever it is sent', async () => {
    stage = await setStage();
    const type = fc.constantFrom('LISTEN', 'UNLISTEN', 'PUBLISH');
    const value = fc.oneof(fc.jsonValue(), fc.constant('ann'), fc.constant(['chat:said', 'app:x']));
    const data = fc.oneof(
      fc.jsonValue(),
      fc.record({ topics: value, topic: value, message: value, auth_token: value, since: value }, { requiredKeys: [] }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ type, data }), { maxLength: 8 }), async (frames) => {
        const client = await openPubSub(stage);
        for (const frame of frames) client.send(frame);
        expect((await client.listen('bob', ['chat:said'])).error).toBe('');
        expect(client.types.filter((each) => each === 'RESPONSE')).toHaveLength(frames.length + 1);
        client.socket.terminate();
      }),
      { numRuns: 30 },
    );
  });

  it('closes after ten bad frames', async () => {
    stage = await setStage();
    const client = await openPubSub(stage);
    for (let count = 0; count < 10; count += 1) client.sendRaw(count % 2 ? Buffer.from([0]) : '{"type":1}');
    await until(() => client.closed() !== undefined);
    expect(client.closed()).toBe(closeCodes.protocol_error);
    expect(client.types).toEqual(Array(10).fill('RESPONSE'));
  });
});
