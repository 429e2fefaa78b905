import { commands } from '../commands.ts';
import { events } from '../events.ts';
import { clientFrames, serverFrames } from '../frames.ts';
import { described, type TSchema } from '../schema.ts';
import type { Components } from './components.ts';
import { type EventRow, eventRows, type Spelling } from './event-rows.ts';
import { compact, type Json, type JsonObject } from './json.ts';

/** Messages of one channel: id -> message. */
export type Messages = Record<string, JsonObject>;

const position: JsonObject = {
  topic: { type: 'string', description: 'The log it stands in, such as `chat:<id>`.' },
  epoch: { type: 'string', description: 'Changes when the log was replaced.' },
  offset: { type: 'integer', minimum: 0, description: 'Grows; never counted.' },
};

/** `{type, ...fields}`, as clients send them on `/ws`. */
export function clientFrameMessages(components: Components): Messages {
  return mapValues(clientFrames, (schema, type) => ({
    name: type,
    title: `${type} (sent by clients)`,
    payload: withType(type, schema, components),
  }));
}

/** What `/ws` itself answers. */
export function serverFrameMessages(components: Components): Messages {
  return mapValues(serverFrames, (schema, type) => ({
    name: type,
    title: `${type} (answer)`,
    payload: withType(type, schema, components),
  }));
}

/** Events by their spelling on `/ws`; those without one as `{type: "event", event, data}`. */
export function websocketEvents(components: Components): Messages {
  return eventMessages((row) => {
    const payload = components.schema(events[row.event].payload);
    const data = { ...payload, description: 'The payload of the event.' };
    const named =
      row.ws === undefined
        ? fields({ event: { const: row.event, description: 'Its name in the table of events.' }, data })
        : payload;
    const type = row.ws ?? 'event';
    return message(type, row, merge(typeIs(type), merge(positionOf(row), named)));
  });
}

/** Events of the default namespace, or of `/chat`; the position is inside the payload. */
export function socketioEvents(components: Components, spelling: (row: EventRow) => Spelling | undefined): Messages {
  return eventMessages((row) => {
    const found = spelling(row);
    if (found === undefined) return undefined;
    const payload = merge(positionOf(row), components.schema(events[row.event].payload));
    return message(found.name, row, payload, found.note);
  });
}

export function commandMessages(components: Components): Messages {
  return mapValues(commands, ({ input }, name) => ({
    name,
    title: `${name} (sent by clients)`,
    payload: components.schema(input),
  }));
}

/** `{ok: true, data}` or `{ok: false, error, message, correlationId}`; only for commands that are acknowledged. */
export function ackMessages(components: Components): Messages {
  const acked = Object.entries(commands).filter(([, command]) => 'data' in command);
  return Object.fromEntries(
    acked.map(([name, command]) => [
      `${name}.ack`,
      {
        name: `${name} (ack)`,
        title: `Acknowledgement of ${name}`,
        payload: ackOf((command as { data: TSchema }).data, components),
      },
    ]),
  );
}

const refusal: JsonObject = {
  error: { type: 'string', description: 'A code of the table of errors, in UPPER_CASE.' },
  message: { type: 'string', description: 'One sentence for people.' },
  correlationId: { type: 'string', description: 'By which the logs of the server name this failure.' },
  retryAfter: { type: 'number', description: 'Seconds after which to try again; absent where none are known.' },
};

const refused: Json = {
  type: 'object',
  required: ['ok', 'error', 'message', 'correlationId'],
  properties: { ok: { const: false, description: 'Nothing was done.' }, ...refusal },
};

const answerOf = (data: TSchema, components: Components): Json =>
  components.schema(described(data, 'What the command answers.'));

const ackOf = (data: TSchema, components: Components): Json => ({
  oneOf: [
    {
      type: 'object',
      required: ['ok'],
      properties: { ok: { const: true, description: 'It was done.' }, data: answerOf(data, components) },
    },
    refused,
  ],
});

/** What the door itself tells a socket: the same as on `/ws`, and failures that no acknowledgement could tell. */
export function socketioNotices(components: Components): Messages {
  const notice = (name: 'resumed' | 'resync' | 'reconnect') => {
    const { ref: _ref, ...properties } = components.schema(serverFrames[name]).properties as JsonObject;
    return { name, title: name, payload: fields(properties) };
  };
  const error = { type: 'object', required: ['error', 'message'], properties: refusal };
  return {
    resumed: notice('resumed'),
    resync: notice('resync'),
    reconnect: notice('reconnect'),
    error: { name: 'error', title: 'A failure that no acknowledgement could tell', payload: error },
  };
}

function eventMessages(build: (row: EventRow) => JsonObject | undefined): Messages {
  const messages: Messages = {};
  for (const row of eventRows) {
    const built = build(row);
    if (built !== undefined) messages[row.event] = built;
  }
  return messages;
}

const message = (name: string, row: EventRow, payload: JsonObject, note?: string): JsonObject =>
  compact({ name, title: row.event, summary: note, tags: tagsOf(row), payload });

const tagsOf = (row: EventRow): Json => [
  { name: row.durable ? 'durable' : 'live only' },
  { name: `home: ${row.home}` },
];

/** Durable events have a position, live ones have none. */
const positionOf = (row: EventRow): JsonObject => (row.durable ? fields(position) : fields({}));

const typeIs = (type: string): JsonObject => fields({ type: { const: type, description: 'Says which frame it is.' } });

/** On `/ws`, `type` names the frame, whatever the schema says of a field with that name. */
export const withType = (type: string, schema: TSchema, components: Components): JsonObject =>
  merge(typeIs(type), components.schema(schema));

const fields = (properties: JsonObject): JsonObject => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

/** One object with the fields of both; the first one's win. */
function merge(first: JsonObject, second: JsonObject): JsonObject {
  const required = [first, second].flatMap((part) => (part.required as string[] | undefined) ?? []);
  return compact({
    type: 'object',
    required: required.length > 0 ? [...new Set(required)] : undefined,
    properties: {
      ...(first.properties as JsonObject),
      ...(second.properties as JsonObject),
      ...(first.properties as JsonObject),
    },
  });
}

const mapValues = <T>(map: Readonly<Record<string, T>>, build: (value: T, key: string) => JsonObject): Messages =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, build(value, key)]));
