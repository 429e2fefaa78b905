import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLink, type SocketLike } from './link.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The platform's socket, as far as a link sees it. */
function buildSocket() {
  const sent: string[] = [];
  const socket: SocketLike & { say(frame: object): void } = {
    send: (data) => sent.push(JSON.parse(data).type),
    close: () => undefined,
    say: (frame) => (socket.onmessage as (event: { data: string }) => void)({ data: JSON.stringify(frame) }),
    onopen: undefined,
    onmessage: undefined,
    onclose: undefined,
    onerror: undefined,
  };
  return { socket, sent };
}

function open(isOpened = true) {
  const { socket, sent } = buildSocket();
  const closed: number[] = [];
  const silences: boolean[] = [];
  const link = openLink({
    url: 'ws://test/ws',
    WebSocket: function build() {
      return socket;
    } as never,
    onOpen: () => undefined,
    onFrame: () => undefined,
    onSilence: (isSilent) => silences.push(isSilent),
    onClose: (code) => closed.push(code),
  });
  if (isOpened) (socket.onopen as () => void)();
  return { link, socket, sent, closed, silences };
}

describe('the heartbeat', () => {
  it('asks after a silence, and keeps a connection that answers', () => {
    const { socket, sent, closed } = open();
    for (let beat = 1; beat <= 3; beat += 1) {
      vi.advanceTimersByTime(25_000);
      expect(sent).toHaveLength(beat);
      vi.advanceTimersByTime(9_000);
      socket.say({ type: 'pong' });
    }
    expect([sent, closed]).toEqual([['ping', 'ping', 'ping'], []]);
  });

  it('gives up a connection that does not answer', () => {
    const { sent, closed } = open();
    vi.advanceTimersByTime(34_999);
    expect([sent, closed]).toEqual([['ping'], []]);
    vi.advanceTimersByTime(1);
    expect(closed).toEqual([1006]);
    vi.advanceTimersByTime(100_000);
    expect([sent, closed]).toEqual([['ping'], [1006]]);
  });

  it('is not needed while something comes', () => {
    const { socket, sent } = open();
    for (let frame = 0; frame < 10; frame += 1) {
      vi.advanceTimersByTime(20_000);
      socket.say({ type: 'typing' });
    }
    expect(sent).toEqual([]);
  });

  it('can be asked for, when the machine may have slept', () => {
    const { link, sent, closed } = open();
    link.probe();
    expect(sent).toEqual(['ping']);
    vi.advanceTimersByTime(10_000);
    expect(closed).toEqual([1006]);
  });
});

describe('silence', () => {
  it('is told two seconds after the question, and taken back by whatever comes', () => {
    const { link, socket, silences, sent, closed } = open();
    link.probe();
    vi.advanceTimersByTime(1_999);
    link.probe();
    expect(silences).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(silences).toEqual([true]);
    socket.say({ type: 'typing' });
    expect([silences, sent]).toEqual([[true, false], ['ping']]);
    vi.advanceTimersByTime(24_999);
    expect([sent, closed]).toEqual([['ping'], []]);
  });

  it('is asked about when a request has no answer for three seconds', async () => {
    const { link, silences, sent, closed } = open();
    const asked = expect(link.request({ type: 'message' })).rejects.toMatchObject({ code: 'network' });
    vi.advanceTimersByTime(3_000);
    expect(sent).toEqual(['message', 'ping']);
    vi.advanceTimersByTime(2_000);
    expect([silences, closed]).toEqual([[true], []]);
    vi.advanceTimersByTime(8_000);
    expect(closed).toEqual([1006]);
    await asked;
  });

  it('is none while anything comes, however slow the answer is', () => {
    const { link, socket, sent } = open();
    void link.request({ type: 'message' });
    vi.advanceTimersByTime(1_000);
    socket.say({ type: 'typing' });
    vi.advanceTimersByTime(8_000);
    expect(sent).toEqual(['message']);
  });

  it('is not looked for once the answer is there', async () => {
    const { link, socket, sent } = open();
    const asked = link.request({ type: 'message' });
    socket.say({ type: 'ack', ref: 'r1' });
    await asked;
    vi.advanceTimersByTime(24_999);
    expect(sent).toEqual(['message']);
  });
});

describe('opening', () => {
  it('may take its time, but not forever', () => {
    const { link, sent, closed } = open(false);
    link.probe();
    link.send({ type: 'early' });
    vi.advanceTimersByTime(10_000);
    expect([sent, closed]).toEqual([[], [1006]]);
  });
});

describe('closing', () => {
  it('is told once, and nothing is sent after it', async () => {
    const { link, socket, sent, closed } = open();
    const asked = expect(link.request({ type: 'message' })).rejects.toMatchObject({ code: 'network' });
    (socket.onclose as (event: { code: number }) => void)({ code: 3001 });
    link.close();
    link.send({ type: 'late' });
    await asked;
    await expect(link.request({ type: 'late' })).rejects.toMatchObject({ code: 'network' });
    expect([sent, closed]).toEqual([['message'], [3001]]);
  });
});
