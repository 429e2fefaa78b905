import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
// @ts-expect-error the types leave out ws's own decoder
import { Receiver } from 'ws';
import { append, batchOf, bytesOf } from '../../sockets/batch.ts';
import { encodeText } from '../../sockets/wire.ts';
import { createEventFrames } from './event-frames.ts';

/** What a real WebSocket implementation reads from these bytes. */
function decode(bytes: Buffer): string[] {
  const texts: string[] = [];
  const receiver = new Receiver({ isServer: false });
  receiver.on('message', (data: Buffer) => texts.push(data.toString()));
  receiver.write(bytes);
  return texts;
}

describe('frames', () => {
  it('are read as written, at each length of header', () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 200_000]) {
      const text = 'é'.repeat(length >> 1) + 'x'.repeat(length & 1);
      expect(decode(encodeText(text))).toEqual([text]);
    }
  });

  it('carry the fields of the event and its place beside `type`', () => {
    const frames = createEventFrames({ said: { ws: 'message' }, hidden: { internal: true } });
    const place = { topic: 'a', epoch: 'e', offset: 3 };
    const textOf = (event: Parameters<typeof frames.shared>[0], isOwn = false) =>
      JSON.parse(decode(bytesOf(frames.shared(event, isOwn)!))[0] as string);
    const said = { ...place, name: 'said', data: { text: 'x', type: 'no' }, ownData: { text: 'mine' } };
    expect(textOf(said)).toEqual({ type: 'message', text: 'x', ...place });
    expect(textOf(said, true)).toEqual({ type: 'message', text: 'mine', ...place });
    const other = { ...place, name: 'other', data: { a: 1 } };
    expect(textOf(other)).toEqual({ type: 'event', event: 'other', data: { a: 1 }, ...place });
    expect(textOf({ topic: 'a', name: 'live', data: {} })).toEqual({ type: 'event', event: 'live', data: {} });
    expect(frames.shared({ ...place, name: 'hidden', data: {} }, false)).toBeUndefined();
    expect(frames.shared(said, false)).toBe(frames.shared(said, false));
  });
});

describe('batches', () => {
  it('are one object and one buffer for all who wait for the same frames', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((text) => batchOf(encodeText(text))) as [never, never, never];
    const batches = [1, 2].map(() => a);
    const longer = batches.map((batch) => append(batch, b)).map((batch) => append(batch, c));
    expect(longer[0]).toBe(longer[1]);
    expect(bytesOf(longer[0]!)).toBe(bytesOf(longer[1]!));
    expect(decode(bytesOf(longer[0]!))).toEqual(['a', 'b', 'c']);
  });

  it("hold every socket's own frames in order, whoever shares what", () => {
    const plan = fc.array(fc.uniqueArray(fc.nat(4), { maxLength: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(plan, (audiences) => {
        const waiting = new Map<number, ReturnType<typeof batchOf>>();
        const expected = new Map<number, string[]>();
        const tellings = audiences.flatMap((audience, index) => {
          const frame = batchOf(encodeText(`${index}`));
          return audience.map((socket) => ({ socket, index, frame }));
        });
        for (const { socket, index, frame } of tellings) {
          const before = waiting.get(socket);
          waiting.set(socket, before === undefined ? frame : append(before, frame));
          expected.set(socket, [...(expected.get(socket) ?? []), `${index}`]);
        }
        for (const [socket, batch] of waiting) expect(decode(bytesOf(batch))).toEqual(expected.get(socket));
      }),
    );
  });
});
