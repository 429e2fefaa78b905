import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { closeCodes } from '../../close-codes.ts';
import { type Stage, setStage } from '../../testing/stage.ts';
import type { Position } from '../../types.ts';
import { type DoorClient, doorSuite, pause, type Told, until } from '../door.suite.ts';

type Answer = Record<string, unknown> & { type: string; ref?: number };

interface WebSocketClient extends DoorClient {
  readonly frames: Answer[];
  send(frame: object): void;
  ask(frame: object): Promise<Answer>;
}

async function open(stage: Stage, query = '', protocols: string[] = []): Promise<WebSocketClient> {
  const socket = new WebSocket(`${stage.url.replace('http', 'ws')}/ws${query}`, protocols);
  const frames: Answer[] = [];
  const told: Told[] = [];
  const waiting = new Map<number, (answer: Answer) => void>();
  let refs = 0;
  let closed: number | undefined;
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Answer;
    frames.push(frame);
    if (frame.ref !== undefined) waiting.get(frame.ref)?.(frame);
    else if (frame.type !== 'auth_ok' && frame.type !== 'error') told.push(toldBy(frame));
  });
  socket.on('close', (code) => {
    closed = code;
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  const ask = (frame: object) => {
    refs += 1;
    const ref = refs;
    send({ ...frame, ref });
    return new Promise<Answer>((resolve) => waiting.set(ref, resolve));
  };
  return {
    frames,
    told,
    send,
    ask,
    closed: () => closed,
    async subscribe(chatId, since) {
      const { type, code, epoch, offset } = await ask({ type: 'subscribe', chatId, since });
      return type === 'subscribed' ? ({ epoch, offset } as Position) : (code as string);
    },
    unsubscribe: (chatId) => ask({ type: 'unsubscribe', chatId }),
    command: (type, payload) => ask({ type, ...payload }) as Promise<{ id?: string; code?: string }>,
    sendRaw: (bytes) => socket.send(bytes),
    stopReading: () => (socket as unknown as { _socket: Socket })._socket.pause(),
    goOnReading: () => (socket as unknown as { _socket: Socket })._socket.resume(),
    close: () => socket.terminate(),
  };
}

function toldBy({ type, event, data, ...rest }: Answer): Told {
  const { text, topic, offset, topics, afterMs } = { ...(data as object), ...rest } as Omit<Told, 'name'>;
  const told = { name: type === 'event' ? (event as string) : type, text, topic, offset, topics, afterMs };
  return JSON.parse(JSON.stringify(told)) as Told;
}

async function connect(stage: Stage, token: string, since?: Record<string, Position>): Promise<WebSocketClient> {
  const client = await open(stage);
  client.send({ type: 'auth', token });
  if (since !== undefined) client.send({ type: 'resume', positions: since });
  await until(() => client.frames.length > 0);
  const [first] = client.frames;
  if (first?.type !== 'auth_ok') throw new Error(String(first?.code));
  return client;
}

doorSuite({ name: 'websocket', connect, endedAs: closeCodes.session_ended, expiredAs: closeCodes.token_expired });

describe('/ws', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  it('takes a token in the address or as a subprotocol', async () => {
    stage = await setStage();
    for (const client of [await open(stage, '?token=ann'), await open(stage, '', ['parley', 'ann'])]) {
      await until(() => client.frames.length > 0);
      expect(client.frames[0]).toMatchObject({ type: 'auth_ok', userId: 'ann' });
    }
    expect(Array.from(stage.connections.ofUser('ann')).length).toBe(2);
  });

  it('tells why a token is refused, and closes for good', async () => {
    stage = await setStage();
    const client = await open(stage, '?token=bad');
    await until(() => client.closed() !== undefined);
    expect(client.frames).toEqual([{ type: 'error', code: 'unauthorized', message: 'Not a valid token' }]);
    expect(client.closed()).toBe(closeCodes.unauthorized);
  });

  it('closes who does not authenticate in time', async () => {
    stage = await setStage({ authTimeoutMs: 50 });
    const client = await open(stage);
    client.send({ type: 'send' });
    await until(() => client.closed() !== undefined);
    expect(client.frames[0]).toMatchObject({ type: 'error', code: 'unauthorized' });
    expect(client.closed()).toBe(closeCodes.auth_timeout);
  });

  it('extends a connection by a fresh token of the same user', async () => {
    stage = await setStage();
    const client = await connect(stage, `ann/one/${Date.now() + 200}`);
    expect(await client.ask({ type: 'auth', token: `ann/one/${Date.now() + 60_000}` })).toMatchObject({
      type: 'auth_ok',
    });
    expect(await client.ask({ type: 'auth', token: 'bob/one' })).toMatchObject({ type: 'error', code: 'unauthorized' });
    await pause(350);
    expect(client.closed()).toBeUndefined();
    expect(await client.ask({ type: 'ping', active: false })).toMatchObject({ type: 'pong' });
    expect(Array.from(stage.connections.ofUser('ann'), ({ active }) => active)).toEqual([false]);
  });

  it('closes after ten bad frames', async () => {
    stage = await setStage();
    const client = await connect(stage, 'ann');
    for (let count = 0; count < 10; count += 1) client.sendRaw(count % 2 ? Buffer.from([0]) : '{"type":1}');
    await until(() => client.closed() !== undefined);
    expect(client.closed()).toBe(closeCodes.protocol_error);
    expect(client.frames.filter(({ code }) => code === 'bad_frame')).toHaveLength(10);
  });

  it('closes with 1009 when a frame is too large', async () => {
    stage = await setStage();
    const client = await connect(stage, 'ann');
    client.send({ type: 'x', fill: 'x'.repeat(66_000) });
    await until(() => client.closed() !== undefined);
    expect(client.closed()).toBe(1009);
  });

  it('drops a peer that no longer answers pings, as lost', async () => {
    stage = await setStage({ pingMs: 20 });
    let wasClean: boolean | undefined;
    stage.connections.listen({
      onClose: (_connection, clean) => {
        wasClean = clean;
      },
    });
    const [silent, alive] = [await connect(stage, 'ann'), await connect(stage, 'bob')];
    silent.stopReading();
    await until(() => stage.connections.size === 1);
    expect(wasClean).toBe(false);
    await pause(200);
    expect(alive.closed()).toBeUndefined();
    silent.goOnReading();
  });

  it('refuses more than 200 positions at once', async () => {
    stage = await setStage();
    const client = await connect(stage, 'ann');
    const positions = Object.fromEntries(
      Array.from({ length: 201 }, (_, index) => [`t${index}`, { epoch: 'e', offset: 0 }]),
    );
    expect(await client.ask({ type: 'resume', positions })).toMatchObject({ type: 'error', code: 'validation_error' });
  });

  it('does not read on while too much is under way', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let started = 0;
    const hold = {
      parse: () => undefined,
      async handle() {
        started += 1;
        await held;
        return { type: 'done' };
      },
    };
    stage = await setStage({ commands: { hold } });
    const client = await connect(stage, 'ann');
    for (let count = 0; count < 200; count += 1) client.send({ type: 'hold' });
    await pause(50);
    expect(started).toBeLessThan(80);
    release();
    await until(() => started === 200);
  });

  it('answers 404 to upgrades of paths nobody serves', async () => {
    stage = await setStage();
    const socket = new WebSocket(`${stage.url.replace('http', 'ws')}/elsewhere`);
    await expect(new Promise((_resolve, reject) => socket.once('error', reject))).rejects.toThrow('404');
  });
});
