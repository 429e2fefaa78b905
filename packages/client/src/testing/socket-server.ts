import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Frame } from '../realtime/wire.ts';

/** The server's side of one connection. */
export interface Peer {
  /** The next frame of this type; frames of other types that came before it are passed over. */
  receive(type: string): Promise<Frame>;
  send(frame: object): void;
  close(code: number): void;
  /** Ends without a close handshake, as a broken network does. */
  cut(): void;
}

/** A WebSocket server whose side of the conversation is written in the test. */
export async function startSocketServer() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const arrived: Peer[] = [];
  const waiting: ((peer: Peer) => void)[] = [];
  server.on('connection', (socket) => {
    const peer = peerOf(socket);
    const next = waiting.shift();
    if (next === undefined) arrived.push(peer);
    else next(peer);
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
    connections: () => server.clients.size,
    /** The next connection that is made. */
    accept: async (): Promise<Peer> => arrived.shift() ?? (await new Promise<Peer>((resolve) => waiting.push(resolve))),
    close: () => {
      for (const socket of server.clients) socket.terminate();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function peerOf(socket: WebSocket): Peer {
  const frames: Frame[] = [];
  let look = (): void => undefined;
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)) as Frame);
    look();
  });
  const receive = (type: string): Promise<Frame> =>
    new Promise((resolve) => {
      look = () => {
        const index = frames.findIndex((frame) => frame.type === type);
        if (index < 0) return;
        look = () => undefined;
        resolve(frames.splice(0, index + 1).at(-1)!);
      };
      look();
    });
  return {
    receive,
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
  };
}
