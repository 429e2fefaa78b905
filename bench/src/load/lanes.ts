import { connect } from 'node:net';
import { clientFrame } from './frames.ts';
import { openSocket } from './sockets.ts';

/** One sender with one message under way at a time. */
export interface Lane {
  /** Sends the message of this number. `onAnswer` is called when it is accepted, `onFailure` when it is not. */
  send(number: number): void;
  onAnswer: (number: number) => void;
  close(): void;
}

export interface LaneRequest {
  port: number;
  kind: 'rest' | 'ws';
  token: string;
  /** It writes to these in turn. */
  chats: readonly string[];
  /** Chats whose events it does not want to hear: what is measured has one live recipient. */
  mute?: readonly string[];
}

const words = 'Shall we meet at the station at eight, or is that too early for you?';

/** Found again by the recipient. */
export const marker = '"~';
export const digits = 8;
const tag = (number: number): string => `~${String(number).padStart(digits, '0')}`;

export function openLane(request: LaneRequest, onFailure: (why: string) => void): Promise<Lane> {
  return request.kind === 'rest' ? openRequests(request, onFailure) : openFrames(request, onFailure);
}

const shared = Buffer.allocUnsafe(64 * 1024);

/** HTTP/1.1 on one connection that is kept; answers are read as far as needed to know where they end. */
async function openRequests({ port, token, chats }: LaneRequest, onFailure: (why: string) => void): Promise<Lane> {
  let current = 0;
  let left = 0;
  const lane: Lane = {
    onAnswer() {},
    close: () => void socket.removeAllListeners('close').destroy(),
    send(number) {
      current = number;
      const body = JSON.stringify({ content: `${tag(number)} ${words}`, clientMessageId: `bench-${tag(number)}` });
      const chat = chats[number % chats.length] as string;
      socket.write(
        `POST /v1/chats/${chat}/messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    },
  };

  function onBytes(count: number): boolean {
    if (left === 0) left = answerLength(shared.toString('latin1', 0, count), onFailure);
    left -= count;
    if (left === 0) lane.onAnswer(current);
    return true;
  }

  const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer: shared, callback: onBytes } });
  socket.on('error', (error) => onFailure(error.message));
  socket.on('close', () => onFailure('the server closed a connection'));
  await new Promise((resolve) => socket.once('connect', resolve));
  return lane;
}

function answerLength(text: string, onFailure: (why: string) => void): number {
  const head = text.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  if (!text.startsWith('HTTP/1.1 202') || head < 0 || length === undefined) onFailure(text.slice(0, 1000));
  return head + 4 + Number(length);
}

/** Frames of `/ws`: the answer is an `ack`. */
async function openFrames(
  { port, token, chats, mute = [] }: LaneRequest,
  onFailure: (why: string) => void,
): Promise<Lane> {
  let current = 0;
  const lane: Lane = {
    onAnswer() {},
    close: () => void socket.removeAllListeners('close').destroy(),
    send(number) {
      current = number;
      const frame = {
        type: 'message',
        ref: String(number),
        chatId: chats[number % chats.length],
        content: `${tag(number)} ${words}`,
        clientMessageId: `bench-${tag(number)}`,
      };
      socket.write(clientFrame(JSON.stringify(frame)));
    },
  };
  function onBytes(bytes: Buffer): void {
    if (bytes.includes('"type":"ack"')) lane.onAnswer(current);
    else if (bytes.includes('"type":"error"')) onFailure(bytes.toString());
  }
  const socket = await openSocket({ port, path: `/ws?token=${token}`, greetings: 1, onBytes });
  socket.on('close', () => onFailure('a socket was closed'));
  for (const chatId of mute) socket.write(clientFrame(JSON.stringify({ type: 'unsubscribe', chatId })));
  return lane;
}
