import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';
import { inTurn, MAX_IN_FLIGHT } from '../../in-turn.ts';
import type { Refusal } from '../../types.ts';
import { connectionOf, type SocketIOConnection } from './connection.ts';
import { DoorRefusal, joinRoom, leaveRoom } from './joining.ts';

type Ack = (answer: object) => void;
type Work = () => Promise<object | undefined>;

const tooBusy = { code: 'rate_limited', message: 'Too much under way on this connection', retryAfter: 1 };
const unknownEvent = { code: 'unknown_event', message: 'No such event' };

/** One listener for all events of all sockets, so that no socket carries listeners of its own. */
export function onSocketEvent(this: Socket, ...args: unknown[]): void {
  const connection = connectionOf(this);
  const [name, payload] = args;
  const last = args.at(-1);
  const ack = typeof last === 'function' ? (last as Ack) : undefined;
  const input = typeof payload === 'function' ? undefined : payload;
  if (typeof name !== 'string') return;
  try {
    if (connection.inFlight >= MAX_IN_FLIGHT) throw new DoorRefusal(tooBusy);
    const task = taskOf(connection, name, input);
    if (task !== undefined) void inTurn(connection, task.key, () => perform(connection, ack, task.work));
    else if (this.listenerCount(name) === 0) refuse(connection, ack, unknownEvent);
  } catch (error) {
    refuse(connection, ack, describe(connection, error));
  }
}

function taskOf(
  connection: SocketIOConnection,
  name: string,
  input: unknown,
): { key: string | undefined; work: Work } | undefined {
  if (name === 'room:join') return { key: '\0rooms', work: () => joinRoom(connection, input) };
  if (name === 'room:leave') return { key: '\0rooms', work: () => leaveRoom(connection, input) };
  const command = connection.lobby.commands.get(name);
  if (command === undefined) return undefined;
  const parsed = command.parse(input) as never;
  return { key: command.serialKey?.(parsed), work: async () => command.handle(connection, parsed) };
}

async function perform(connection: SocketIOConnection, ack: Ack | undefined, work: Work): Promise<void> {
  try {
    const data = await work();
    ack?.(data === undefined ? { ok: true } : { ok: true, data });
  } catch (error) {
    refuse(connection, ack, describe(connection, error));
  }
}

function describe(connection: SocketIOConnection, error: unknown): Refusal {
  return error instanceof DoorRefusal ? error.refusal : connection.lobby.describeError(error);
}

/** A caller without an ack is told by an `error` event. */
function refuse(connection: SocketIOConnection, ack: Ack | undefined, refusal: Refusal): void {
  const { code, correlationId, ...rest } = refusal;
  const answer = { error: code.toUpperCase(), correlationId: correlationId ?? randomUUID(), ...rest };
  if (ack !== undefined) ack({ ok: false, ...answer });
  else connection.socket.emit('error', answer);
}
