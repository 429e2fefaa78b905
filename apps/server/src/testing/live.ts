import type { ClientEventName } from '@parley/contract';
import { eventOfFrame } from './told.ts';

export type Frame = Record<string, unknown> & { type: string };

/** A connection to `/ws` that checks every frame against the contract and keeps them all. */
export interface Live {
  readonly frames: readonly Frame[];
  /** The events among them, by canonical name. */
  readonly events: readonly { name: ClientEventName; frame: Frame }[];
  send(frame: object | string | Uint8Array): void;
  /** Sends with a `ref`; resolves to the frame with it, or undefined when none came in time. */
  ask(frame: object, waitMs?: number): Promise<Frame | undefined>;
  /** The first frame, of those that came or will come, that the test is true of. */
  until(test: (frame: Frame) => boolean, waitMs?: number): Promise<Frame>;
  /** The code it was closed with. */
  readonly closed: Promise<number>;
  readonly isOpen: boolean;
  close(): Promise<number>;
}

let refs = 0;

/** Connects and, with a token, signs in. */
export async function openLive(url: string, token?: string): Promise<Live> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  const frames: Frame[] = [];
  const events: Live['events'][number][] = [];
  const problems: unknown[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));

  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    try {
      const name = eventOfFrame(frame);
      if (name !== undefined) events.push({ name, frame });
    } catch (error) {
      problems.push(error);
    }
    frames.push(frame);
    for (const look of waiting) look();
  });

  function until(test: (frame: Frame) => boolean, waitMs = 20_000): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = frames.find(test);
        if (found === undefined && problems.length === 0) return;
        waiting.delete(look);
        clearTimeout(timer);
        if (problems.length > 0) reject(problems[0]);
        else resolve(found!);
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`no such frame in ${waitMs} ms; there were ${JSON.stringify(frames)}`));
      }, waitMs);
      waiting.add(look);
      look();
    });
  }

  const live: Live = {
    frames,
    events,
    closed,
    until,
    send: (frame) =>
      socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame)),
    async ask(frame, waitMs = 20_000) {
      refs += 1;
      const ref = `test-${refs}`;
      live.send({ ...frame, ref });
      return until((answer) => answer.ref === ref, waitMs).catch((error: Error) => {
        if (error.message.startsWith('no such frame')) return undefined;
        throw error;
      });
    },
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    async close() {
      socket.close();
      const code = await closed;
      if (problems.length > 0) throw problems[0];
      return code;
    },
  };
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('no connection')));
  });
  if (token === undefined) return live;
  live.send({ type: 'auth', token });
  await until((frame) => frame.type === 'auth_ok' || frame.type === 'error');
  return live;
}
