import { closeCodes } from '../../close-codes.ts';
import { inTurn, MAX_IN_FLIGHT } from '../../in-turn.ts';
import type { Command } from '../../types.ts';
import { extend, signIn } from './authentication.ts';
import type { SocketConnection } from './connection.ts';
import type { Frame } from './room.ts';
import { resume, subscribe, unsubscribe } from './subscribing.ts';

const MAX_BAD_FRAMES = 10;
const MAX_REF_LENGTH = 200;
const POSITIONS = '\0positions';

const unauthenticated = { code: 'unauthorized', message: 'Authenticate first' };

/** A frame of the protocol itself; all others are the embedder's commands. */
const own: Readonly<Record<string, (connection: SocketConnection, frame: Frame) => void>> = {
  ping: pong,
  auth: authenticate,
  resume: (connection, frame) => enqueue(connection, frame, POSITIONS, resume(connection, frame)),
  subscribe: (connection, frame) => enqueue(connection, frame, POSITIONS, () => subscribe(connection, frame)),
  unsubscribe,
};
const beforeSignIn = new Set(['ping', 'auth']);

export function receive(connection: SocketConnection, data: Buffer, isBinary: boolean): void {
  connection.heard();
  connection.room.counters.framesIn += 1;
  if (connection.phase === 'closed') return;
  const frame = isBinary ? undefined : decode(data);
  if (frame === undefined) refuseBadFrame(connection);
  else if (connection.backlog !== undefined || mustWait(connection)) keepForLater(connection, frame);
  else handleFrame(connection, frame);
}

/** Takes up the frames that waited, and reads on when none is left. */
export function goOn(connection: SocketConnection): void {
  while (connection.backlog !== undefined && !mustWait(connection)) {
    const frame = connection.backlog.shift();
    if (frame === undefined) {
      connection.backlog = undefined;
      connection.webSocket.resume();
    } else {
      handleFrame(connection, frame);
    }
  }
}

function mustWait(connection: SocketConnection): boolean {
  return connection.phase === 'authenticating' || connection.inFlight >= MAX_IN_FLIGHT;
}

/** What was read already waits here; reading itself stops, so no more than one chunk of the socket ever does. */
function keepForLater(connection: SocketConnection, frame: Frame): void {
  connection.backlog ??= [];
  connection.backlog.push(frame);
  connection.webSocket.pause();
}

function handleFrame(connection: SocketConnection, frame: Frame): void {
  const handler = Object.hasOwn(own, frame.type) ? own[frame.type] : undefined;
  if (connection.phase !== 'open' && !beforeSignIn.has(frame.type)) connection.sendError(unauthenticated, frame.ref);
  else if (handler !== undefined) handler(connection, frame);
  else runCommand(connection, frame);
}

function decode(data: Buffer): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(data.toString());
    return isFrame(frame) ? frame : undefined;
  } catch {
    // Told to the sender as bad_frame.
    return undefined;
  }
}

function isFrame(input: unknown): input is Frame {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return false;
  const { type, ref } = input as Record<string, unknown>;
  if (typeof type !== 'string') return false;
  return ref === undefined || typeof ref === 'number' || (typeof ref === 'string' && ref.length <= MAX_REF_LENGTH);
}

function refuseBadFrame(connection: SocketConnection): void {
  connection.badFrames += 1;
  connection.sendError({ code: 'bad_frame', message: 'Frames are JSON objects with a string `type`' });
  if (connection.badFrames >= MAX_BAD_FRAMES) connection.close(closeCodes.protocol_error, 'too many bad frames');
}

function pong(connection: SocketConnection, frame: Frame): void {
  if (typeof frame.active === 'boolean' && connection.phase === 'open') {
    connection.room.connections.setActive(connection, frame.active);
  }
  connection.send({ type: 'pong', ...(frame.ref === undefined ? {} : { ref: frame.ref }) });
}

function authenticate(connection: SocketConnection, frame: Frame): void {
  const { token } = frame;
  if (typeof token !== 'string') {
    connection.sendError({ code: 'validation_error', message: 'token: a string' }, frame.ref);
  } else if (connection.phase === 'open') {
    if (typeof frame.active === 'boolean') connection.room.connections.setActive(connection, frame.active);
    enqueue(connection, frame, '\0auth', () => extend(connection, token, frame));
  } else {
    void signIn(connection, token, frame, goOn);
  }
}

function runCommand(connection: SocketConnection, frame: Frame): void {
  const command = connection.room.commands.get(frame.type);
  if (command === undefined) {
    connection.sendError({ code: 'unknown_type', message: 'No such frame type' }, frame.ref);
    return;
  }
  try {
    const input = command.parse(frame) as never;
    enqueue(connection, frame, command.serialKey?.(input), () => execute(connection, command, input, frame.ref));
  } catch (error) {
    connection.sendError(connection.room.describeError(error), frame.ref);
  }
}

async function execute(connection: SocketConnection, command: Command, input: never, ref: unknown): Promise<void> {
  const answer = await command.handle(connection, input);
  if (answer !== undefined) connection.send(ref === undefined ? answer : { ...answer, ref });
}

/** Runs work of one key one after the other. A connection with too much under way is not read meanwhile. */
function enqueue(connection: SocketConnection, frame: Frame, key: string | undefined, work: () => Promise<void>): void {
  void inTurn(connection, key, () => run(connection, frame, work)).then(() => goOn(connection));
}

async function run(connection: SocketConnection, frame: Frame, work: () => Promise<void>): Promise<void> {
  try {
    if (connection.phase !== 'closed') await work();
  } catch (error) {
    connection.sendError(connection.room.describeError(error), frame.ref);
    // Topics held back for a replay that failed would stay silent: the client comes back and resumes.
    if (frame.type === 'resume' || frame.type === 'subscribe') connection.lost();
  }
}
