import { WebSocket } from 'ws';
import { until } from './until.ts';

export type Frame = { type: string; ref?: string } & Record<string, unknown>;

/** A plain WebSocket of the package `ws`, as `wscat` has it: frames in, frames out. */
export interface Wscat {
  /** Everything that came, in its order. */
  readonly frames: Frame[];
  send(frame: object): void;
  sendText(text: string): void;
  /** Sends with a `ref` of its own; the frame that answers it. */
  ask(frame: object): Promise<Frame>;
  /** The first frame, of those that came or will come, that fits. */
  wait(fits: (frame: Frame) => boolean, what: string, withinMs?: number): Promise<Frame>;
  ofType(type: string): Frame[];
  /** The code it was closed with, when it was. */
  closed(): number | undefined;
  untilClosed(withinMs?: number): Promise<number>;
  close(): void;
}

interface Options {
  query?: string;
  protocols?: string[];
  headers?: Record<string, string>;
}

let refs = 0;

export async function openSocket(
  url: string,
  { query = '', protocols = [], headers = {} }: Options = {},
): Promise<Wscat> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws${query}`, protocols, { headers });
  const frames: Frame[] = [];
  let closed: number | undefined;
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  socket.on('close', (code) => {
    closed = code;
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = (frame: object): void => socket.send(JSON.stringify(frame));

  async function wait(fits: (frame: Frame) => boolean, what: string, withinMs = 20_000): Promise<Frame> {
    const seen = (): string => `${what}; came: ${JSON.stringify(frames).slice(0, 2_000)}`;
    await until(() => frames.some(fits), seen, withinMs);
    return frames.find(fits)!;
  }

  return {
    frames,
    send,
    sendText: (text) => socket.send(text),
    ask(frame) {
      refs += 1;
      const ref = `q${refs}`;
      send({ ...frame, ref });
      return wait((answer) => answer.ref === ref, `an answer to ${JSON.stringify(frame)}`);
    },
    wait,
    ofType: (type) => frames.filter((frame) => frame.type === type),
    closed: () => closed,
    async untilClosed(withinMs = 20_000) {
      await until(() => closed !== undefined, 'the socket is closed', withinMs);
      return closed!;
    },
    close: () => socket.terminate(),
  };
}

/** Signed in by the `auth` frame. */
export async function openSignedIn(url: string, token: string): Promise<Wscat> {
  const socket = await openSocket(url);
  const answer = await socket.ask({ type: 'auth', token });
  if (answer.type !== 'auth_ok') throw new Error(JSON.stringify(answer));
  return socket;
}
