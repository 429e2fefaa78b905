import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { until } from '../support/until.ts';

export interface PubSubFrame {
  type: string;
  nonce?: string;
  error?: string;
  data?: Record<string, unknown>;
}

/** One MESSAGE, with the text in it parsed. */
export interface Heard {
  topic: string;
  message: Record<string, unknown>;
  messageId: string;
  publisher?: string;
  epoch?: string;
  offset?: number;
}

/** A plain WebSocket on `/pubsub`. */
export interface PubSub {
  readonly frames: PubSubFrame[];
  readonly heard: Heard[];
  send(frame: object): void;
  ask(frame: { type: string; data?: object }): Promise<PubSubFrame>;
  listen(token: string, topics: string[], since?: object): Promise<PubSubFrame>;
  /** The first message, of those that came or will come, that fits. */
  wait(fits: (heard: Heard) => boolean, what: string): Promise<Heard>;
  revoked(): string[];
  closed(): number | undefined;
  close(): void;
}

export async function openPubSub(url: string, headers: Record<string, string> = {}): Promise<PubSub> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/pubsub`, { headers });
  const frames: PubSubFrame[] = [];
  const heard: Heard[] = [];
  let closed: number | undefined;
  socket.on('close', (code) => {
    closed = code;
  });
  socket.on('message', (bytes) => {
    const frame = JSON.parse(String(bytes)) as PubSubFrame;
    if (frame.type === 'MESSAGE') heard.push(toHeard(frame.data as unknown as Heard & { message_id: string }));
    frames.push(frame);
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = (frame: object): void => socket.send(JSON.stringify(frame));

  async function ask(frame: { type: string; data?: object }): Promise<PubSubFrame> {
    const nonce = randomUUID();
    send({ ...frame, nonce });
    const find = () => frames.find((answer) => answer.nonce === nonce);
    await until(
      () => find() !== undefined,
      () => `an answer to ${JSON.stringify(frame)}`,
    );
    return find()!;
  }

  return {
    frames,
    heard,
    send,
    ask,
    listen: (token, topics, since) => ask({ type: 'LISTEN', data: { topics, auth_token: token, since } }),
    async wait(fits, what) {
      await until(
        () => heard.some(fits),
        () => `${what}; came: ${JSON.stringify(frames).slice(0, 2_000)}`,
      );
      return heard.find(fits)!;
    },
    revoked: () => frames.filter(({ type }) => type === 'AUTH_REVOKED').flatMap(({ data }) => data?.topics as string[]),
    closed: () => closed,
    close: () => socket.terminate(),
  };
}

function toHeard({ message, message_id: messageId, ...rest }: Heard & { message_id: string }): Heard {
  return { ...rest, messageId, message: JSON.parse(message as unknown as string) as Record<string, unknown> };
}
