import { connectSocketClient, disconnectSocketClient, emitWithAck, waitForEvent } from '@parley/realtime/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from './server.ts';

type Frame = Record<string, unknown> & { type: string };

/** A plain WebSocket, and the next frame of a type that comes. */
async function open(url: string) {
  const socket = new WebSocket(url.replace('http', 'ws'));
  const frames: Frame[] = [];
  socket.on('message', (bytes) => frames.push(JSON.parse(String(bytes)) as Frame));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    send: (frame: object) => socket.send(JSON.stringify(frame)),
    async next(type: string): Promise<Frame> {
      await expect.poll(() => frames.map((frame) => frame.type), { interval: 5 }).toContain(type);
      return frames.splice(
        frames.findIndex((frame) => frame.type === type),
        1,
      )[0]!;
    },
  };
}

describe('the example', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  it('tells a line on every door, with its place', async () => {
    const ann = await open(`${server.url}/ws?token=token-of-ann`);
    await ann.next('auth_ok');
    ann.send({ type: 'subscribe', room: 'kitchen' });
    const { epoch } = await ann.next('subscribed');
    const bob = await connectSocketClient(server.url, { token: 'token-of-bob' });
    await emitWithAck(bob, 'room:join', { room: 'kitchen' });
    const eve = await open(`${server.url}/pubsub`);
    eve.send({ type: 'LISTEN', data: { topics: ['room:line.kitchen'], auth_token: 'token-of-eve' } });
    expect(await eve.next('RESPONSE')).toMatchObject({ error: '' });

    const told = waitForEvent(bob, 'line.written');
    ann.send({ type: 'write', ref: 1, room: 'kitchen', text: 'tea?' });
    const line = { room: 'kitchen', text: 'tea?', by: 'ann' };
    const place = { topic: 'room:kitchen', epoch, offset: 1 };
    expect(await ann.next('line')).toEqual({ type: 'line', ...line, ...place });
    expect(await told).toEqual({ ...line, ...place });
    const { data } = await eve.next('MESSAGE');
    expect(JSON.parse((data as { message: string }).message)).toEqual(line);
    expect(data).toMatchObject({ topic: 'room:line.kitchen', epoch, offset: 1 });
    await disconnectSocketClient(bob);
  });

  it('tells who comes back what was missed, and refuses what it should', async () => {
    const ann = await open(`${server.url}/ws?token=token-of-ann`);
    ann.send({ type: 'subscribe', room: 'hall' });
    const { epoch } = await ann.next('subscribed');
    ann.send({ type: 'write', ref: 0, room: 'hall', text: 'one' });
    expect(await ann.next('ack')).toEqual({ type: 'ack', ref: 0, place: 1 });
    ann.send({ type: 'write', ref: 1, room: 'hall', text: 'two' });
    expect(await ann.next('ack')).toEqual({ type: 'ack', ref: 1, place: 2 });
    const bob = await open(`${server.url}/ws?token=token-of-bob`);
    await ann.next('line');
    await ann.next('line');
    bob.send({ type: 'subscribe', room: 'hall', since: { epoch, offset: 1 } });
    expect(await bob.next('line')).toMatchObject({ text: 'two', offset: 2 });
    bob.send({ type: 'write', ref: 2, room: 'hall' });
    expect(await bob.next('error')).toMatchObject({ ref: 2, code: 'validation_error' });
    await expect(connectSocketClient(server.url, { token: 'nobody' })).rejects.toThrow('UNAUTHORIZED');
  });
});
