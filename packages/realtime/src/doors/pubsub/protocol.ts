import { closeCodes } from '../../close-codes.ts';
import { inTurn, MAX_IN_FLIGHT } from '../../in-turn.ts';
import { batchOf } from '../../sockets/batch.ts';
import { encodeText } from '../../sockets/wire.ts';
import type { PubSubSocket } from './connection.ts';
import { type ClientFrame, decodeFrame, errorOf, reasonOf, response } from './frames.ts';
import { listen, unlisten } from './listening.ts';
import { publish } from './publishing.ts';

const MAX_BAD_FRAMES = 10;
const REQUESTS = 'requests';
const pong = encodeText('{"type":"PONG"}');

type Handler = (socket: PubSubSocket, frame: ClientFrame) => object | Promise<object>;

const handlers: Readonly<Record<string, Handler>> = { LISTEN: listen, UNLISTEN: unlisten, PUBLISH: publish };

/** A PING is answered at once; everything else one after the other. */
export function receive(socket: PubSubSocket, bytes: Buffer, isBinary: boolean): void {
  socket.room.counters.framesIn += 1;
  if (socket.isClosed) return;
  const frame = isBinary ? undefined : decodeFrame(bytes);
  const handler = frame === undefined ? undefined : handlerOf(frame);
  if (frame?.type === 'PING') answerPing(socket);
  else if (frame === undefined || handler === undefined) refuseBadFrame(socket, frame?.nonce ?? '');
  else request(socket, frame, handler);
}

function handlerOf({ type }: ClientFrame): Handler | undefined {
  return Object.hasOwn(handlers, type) ? handlers[type] : undefined;
}

function answerPing(socket: PubSubSocket): void {
  socket.pinged();
  socket.enqueue(batchOf(pong));
}

function refuseBadFrame(socket: PubSubSocket, nonce: string): void {
  socket.badFrames += 1;
  socket.send(response(nonce, 'ERR_BADMESSAGE'));
  if (socket.badFrames >= MAX_BAD_FRAMES) socket.close(closeCodes.protocol_error, 'too many bad frames');
}

/** A client that asks faster than it is answered is not read meanwhile. */
function request(socket: PubSubSocket, frame: ClientFrame, handler: Handler): void {
  const done = inTurn(socket, REQUESTS, () => answer(socket, frame, handler));
  if (socket.inFlight >= MAX_IN_FLIGHT) socket.webSocket.pause();
  void done.then(() => {
    if (socket.inFlight < MAX_IN_FLIGHT && socket.webSocket.isPaused) socket.webSocket.resume();
  });
}

async function answer(socket: PubSubSocket, frame: ClientFrame, handler: Handler): Promise<void> {
  if (socket.isClosed) return;
  try {
    socket.send(await handler(socket, frame));
  } catch (error) {
    const refusal = socket.room.describeError(error);
    socket.send(response(frame.nonce, errorOf(refusal), reasonOf(refusal)));
  }
}
