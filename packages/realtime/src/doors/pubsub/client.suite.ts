import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Stage } from '../../testing/stage.ts';
import type { Position } from '../../types.ts';
import { until } from '../door.suite.ts';

export interface Told {
  topic: string;
  message: unknown;
  message_id: string;
  publisher?: string;
  log?: string;
  epoch?: string;
  offset?: number;
}

export interface Response {
  type: string;
  nonce: string;
  error: string;
  data?: {
    topics?: Record<string, string>;
    positions?: Record<string, Position>;
    resync?: string[];
    code?: string;
  };
}

type Since = Record<string, Position>;

/** A client of `/pubsub` that keeps all it is sent. */
export interface PubSubClient {
  /** Types of all frames, in order. */
  readonly types: string[];
  readonly told: Told[];
  readonly revoked: string[];
  closed(): number | undefined;
  send(frame: object): void;
  sendRaw(bytes: string | Buffer): void;
  ask(frame: object): Promise<Response>;
  listen(token: string, topics: string[], since?: Since): Promise<Response>;
  readonly socket: WebSocket;
  readonly tcp: Socket;
}

interface ServerFrame extends Response {
  data?: Response['data'] & { topics?: Record<string, string> & string[] } & { message?: string };
}

export async function openPubSub({ url }: Stage): Promise<PubSubClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/pubsub`);
  const types: string[] = [];
  const told: Told[] = [];
  const revoked: string[] = [];
  const waiting = new Map<string, (response: Response) => void>();
  let nonces = 0;
  let closed: number | undefined;
  socket.on('close', (code) => {
    closed = code;
  });
  socket.on('message', (bytes) => {
    const frame = JSON.parse(String(bytes)) as ServerFrame;
    types.push(frame.type);
    if (frame.type === 'RESPONSE') waiting.get(frame.nonce)?.(frame as Response);
    if (frame.type === 'AUTH_REVOKED') revoked.push(...(frame.data?.topics ?? []));
    if (frame.type === 'MESSAGE') {
      told.push({ ...(frame.data as unknown as Told), message: JSON.parse(frame.data?.message ?? '') });
    }
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = (frame: object) => socket.send(JSON.stringify(frame));

  async function ask(frame: object): Promise<Response> {
    nonces += 1;
    const nonce = `n${nonces}`;
    let response: Response | undefined;
    waiting.set(nonce, (answer) => {
      response = answer;
    });
    send({ ...frame, nonce });
    await until(() => response !== undefined || closed !== undefined);
    return response as Response;
  }

  return {
    types,
    told,
    revoked,
    socket,
    tcp: (socket as unknown as { _socket: Socket })._socket,
    closed: () => closed,
    send,
    sendRaw: (bytes) => socket.send(bytes),
    ask,
    listen: (token, topics, since) => ask({ type: 'LISTEN', data: { topics, auth_token: token, since } }),
  };
}
