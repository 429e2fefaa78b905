import {
  type ClientEventName,
  type EventName,
  events,
  serverFrames,
  strict,
  type TSchema,
  Type,
} from '@parley/contract';
import { Compile, type Validator } from 'typebox/compile';

const position = { topic: Type.String(), epoch: Type.String(), offset: Type.Integer({ minimum: 1 }) };
const names = Object.keys(events) as EventName[];
const payloadOf = (name: EventName) => events[name].payload as { properties: Record<string, TSchema> } & TSchema;

/** Unknown fields are forbidden at every depth, and the position is there if and only if the event is in a log. */
function closed(name: EventName, extra: Record<string, TSchema> = {}): Validator {
  const place = events[name].durable ? position : {};
  return Compile(strict(Type.Object({ ...payloadOf(name).properties, ...place, ...extra })));
}

const onSocketIO = new Map(names.map((name) => [name, closed(name)]));
const onWebSocket = new Map(names.map((name) => [name, closed(name, { type: Type.String() })]));
const enveloped = new Map(
  names.map((name) => {
    const place = events[name].durable ? position : {};
    const shape = { type: Type.Literal('event'), event: Type.Literal(name), data: payloadOf(name), ...place };
    return [name, Compile(strict(Type.Object(shape)))];
  }),
);
const answers = new Map(
  Object.entries(serverFrames).map(([type, schema]) => [
    type,
    Compile(strict(Type.Object({ ...schema.properties, type: Type.Literal(type) }))),
  ]),
);

const problemsOf = (validator: Validator, value: unknown): string[] =>
  [...validator.Errors(value)].map(({ instancePath, message }) => `${instancePath} ${message}`);

/** Several events may share a spelling; the value has to be one of them. */
function fits(candidates: readonly EventName[], validators: Map<EventName, Validator>, value: unknown): EventName {
  const problems: string[] = [];
  for (const name of candidates) {
    const found = problemsOf(validators.get(name)!, value);
    if (found.length === 0) return name;
    problems.push(`${name}: ${found.join(', ')}`);
  }
  throw new Error(
    `not as the contract says: ${JSON.stringify(value)}; ${problems.join('; ') || 'there is no such event'}`,
  );
}

/** The event a frame of `/ws` tells, or undefined for an answer. Throws for whatever the contract does not name. */
export function eventOfFrame(frame: Record<string, unknown>): ClientEventName | undefined {
  if (frame.type === 'event') return leaves(fits([frame.event as EventName].filter(isEvent), enveloped, frame));
  const candidates = names.filter((name) => (events[name] as { ws?: string }).ws === frame.type);
  if (candidates.length > 0) return leaves(fits(candidates, onWebSocket, frame));
  const answer = answers.get(String(frame.type));
  const problems = answer === undefined ? ['there is no such frame'] : problemsOf(answer, frame);
  if (problems.length > 0)
    throw new Error(`not as the contract says: ${JSON.stringify(frame)}; ${problems.join(', ')}`);
  return undefined;
}

interface Spelled {
  socketio?: { name: string };
  chatNamespace?: string;
}

/** The same for an event of Socket.IO. Answers of the door itself (`resumed`, `resync`, `reconnect`, `error`) are none. */
export function eventOfSocketIO(name: string, payload: unknown, namespace: '/' | '/chat' = '/'): ClientEventName {
  const candidates = names.filter((event) => {
    const { socketio, chatNamespace } = events[event] as Spelled;
    return name === (namespace === '/chat' ? chatNamespace : socketio?.name);
  });
  return leaves(fits(candidates, onSocketIO, payload));
}

const isEvent = (name: string): name is EventName => Object.hasOwn(events, name);

function leaves(name: EventName): ClientEventName {
  if ((events[name] as { internal?: boolean }).internal === true) throw new Error(`${name} must not leave a door`);
  return name as ClientEventName;
}
