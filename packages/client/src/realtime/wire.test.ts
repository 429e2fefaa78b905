import { closeCodes, events, serverFrames } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { closes, isFinal } from './close-codes.ts';
import { eventOf, frameEvents, parseFrame, sharedSpellings } from './wire.ts';

const spelled = Object.entries(events).flatMap(([name, spec]) => ('ws' in spec ? [[name, spec.ws] as const] : []));

describe('spellings of /ws', () => {
  it('are the contract’s', () => {
    const shared = Object.values(sharedSpellings).map(({ event }) => event as string);
    const own = spelled.filter(([name]) => !shared.includes(name));
    expect(frameEvents).toEqual(Object.fromEntries(own.map(([name, ws]) => [ws, name])));
    expect(shared.sort()).toEqual(
      spelled
        .map(([name]) => name)
        .filter((name) => shared.includes(name))
        .sort(),
    );
    for (const [ws, { event }] of Object.entries(sharedSpellings)) expect(events[event]).toMatchObject({ ws });
  });

  it('tell a message hidden by oneself and a chat one left from their namesakes', () => {
    const nameOf = (frame: { type: string } & Record<string, unknown>) => eventOf(frame)?.name;
    expect(nameOf({ type: 'message_deleted', forEveryone: true })).toBe('message.deleted');
    expect(nameOf({ type: 'message_deleted', forEveryone: false })).toBe('message.hidden');
    expect(nameOf({ type: 'chat_deleted', chatId: 'c' })).toBe('chat.deleted');
    expect(nameOf({ type: 'chat_deleted', chatId: 'c', reason: 'left' })).toBe('chat.left');
  });

  it('leave the door’s own frames alone', () => {
    for (const type of Object.keys(serverFrames)) expect(eventOf({ type })).toBeUndefined();
    expect(eventOf({ type: 'toString' })).toBeUndefined();
  });
});

describe('frames', () => {
  it('give the event, its payload and its place', () => {
    const place = { topic: 'chat:c', epoch: 'e', offset: 4 };
    expect(eventOf({ type: 'read_receipt', chatId: 'c', sequence: 2, ...place })).toEqual({
      name: 'receipt.updated',
      payload: { chatId: 'c', sequence: 2 },
      topic: 'chat:c',
      position: { epoch: 'e', offset: 4 },
    });
    expect(eventOf({ type: 'event', event: 'chat.read', data: { chatId: 'c' }, ...place })).toMatchObject({
      name: 'chat.read',
      payload: { chatId: 'c' },
      position: { epoch: 'e', offset: 4 },
    });
    expect(eventOf({ type: 'typing', chatId: 'c' })).toEqual({ name: 'typing.updated', payload: { chatId: 'c' } });
  });

  it('are objects with a type', () => {
    for (const text of ['', '{', 'null', '[]', '{"type":1}', new ArrayBuffer(2)])
      expect(parseFrame(text)).toBeUndefined();
    expect(parseFrame('{"type":"pong"}')).toEqual({ type: 'pong' });
  });
});

describe('close codes', () => {
  it('are the contract’s', () => {
    expect(closes).toEqual({
      tokenExpired: closeCodes.token_expired,
      sessionEnded: closeCodes.session_ended,
      unauthorized: closeCodes.unauthorized,
    });
    expect([3001, 3499, 3500, 3999, 4000, 1006].map(isFinal)).toEqual([false, false, true, true, false, false]);
  });
});
