import { commands } from '../commands.ts';
import { events } from '../events.ts';
import { clientFrames, serverFrames } from '../frames.ts';
import { pubsubClientFrames, pubsubServerFrames } from '../pubsub.ts';
import type { TSchema } from '../schema.ts';
import { type EventRow, eventRows, type Spelling } from './event-rows.ts';
import { type Column, code, heading, type Page, table, text } from './page.ts';
import { pubsubRows } from './pubsub-rows.ts';
import { shapeOf } from './shape.ts';

const spelled = (spelling: Spelling | undefined): string | undefined =>
  spelling && `${code(spelling.name)} to ${spelling.note}`;

const pubsubCell = ({ pubsub }: EventRow): string =>
  pubsub.map(({ topic, scope }) => `${code(topic)}${scope === undefined ? '' : ` (${code(scope)})`}`).join(', ');

const eventColumns: readonly Column<EventRow>[] = [
  { title: 'event', cell: ({ event }) => code(event) },
  { title: 'home', cell: ({ home }) => code(`${home}:<id>`) },
  { title: 'durable', cell: ({ durable }) => (durable ? 'yes' : 'no, live only') },
  { title: '`/ws`', cell: ({ ws }) => code(ws ?? 'event') },
  { title: 'Socket.IO', cell: ({ socketio }) => spelled(socketio) },
  { title: '`/chat`', cell: ({ chat }) => spelled(chat) },
  { title: 'PubSub topic (scope)', cell: pubsubCell },
];

const payloadColumns: readonly Column<EventRow>[] = [
  { title: 'event', cell: ({ event }) => code(event) },
  { title: 'payload', cell: ({ event }) => code(shapeOf(events[event].payload)) },
];

interface Frame {
  name: string;
  shape: string;
  answer?: string;
}

const framesOf = (frames: Readonly<Record<string, TSchema>>): Frame[] =>
  Object.entries(frames).map(([name, schema]) => ({ name, shape: shapeOf(schema) }));

const commandRows: readonly Frame[] = Object.entries(commands).map(([name, command]) => ({
  name,
  shape: shapeOf(command.input),
  answer: 'data' in command ? code(shapeOf(command.data)) : 'no acknowledgement',
}));

const nameColumn: Column<Frame> = { title: 'name', cell: ({ name }) => code(name) };
const shapeColumn: Column<Frame> = { title: 'fields', cell: ({ shape }) => code(shape) };

/** docs/reference/events.md */
export const eventsPage: Page = {
  title: 'Events',
  blocks: [
    text(
      'Every event, once: its canonical name, the log it lives in (its home), and how each door spells it. A durable event carries its position (`topic`, `epoch`, `offset`): beside `type` on `/ws`, inside the payload on Socket.IO; it is told again after a break. On `/ws` an event without a type of its own comes as `{type: "event", event, data}`.',
    ),
    text(
      '`chat_deleted` and `message_deleted` are each used by two events: for everyone (home `chat`), and for oneself (home `user`). What a client does with them is the same.',
    ),
    table(eventRows, eventColumns),
    heading('Payloads'),
    text(
      'A `?` marks a field that may be missing. In chats, `userId` and `senderId` are participant ids. Names with a capital are in openapi.json under `components/schemas`.',
    ),
    table(eventRows, payloadColumns),
    heading('Frames a client may send on `/ws`'),
    text('One JSON object a frame, with its name in `type`. `ref` comes back in the answer.'),
    table(framesOf(clientFrames), [nameColumn, shapeColumn]),
    heading('Frames `/ws` answers with'),
    table(framesOf(serverFrames), [nameColumn, shapeColumn]),
    heading('Commands on Socket.IO'),
    text('Acknowledged by `{ok: true, data}` or `{ok: false, error, message, correlationId}`.'),
    table(commandRows, [nameColumn, shapeColumn, { title: 'data', cell: ({ answer }) => answer }]),
    heading('PubSub'),
    text(
      'Topics of `/pubsub`, as `name` (everything one may see) or `name.<id>`. The text in a MESSAGE is the payload of the event; beside the topic stand `message_id` and, for durable events, `log`, `epoch` and `offset`. docs/guides/pubsub.md says how to use it.',
    ),
    table(pubsubRows, [
      { title: 'topic', cell: ({ topic }) => code(topic) },
      { title: 'id', cell: ({ id }) => id },
      { title: 'fed by', cell: ({ fedBy }) => fedBy },
      { title: 'scope', cell: ({ scope }) => scope && code(scope) },
      { title: 'heard in', cell: ({ heardIn }) => heardIn },
    ]),
    table(framesOf(pubsubClientFrames), [{ title: 'clients send', cell: ({ name }) => code(name) }, shapeColumn]),
    table(framesOf(pubsubServerFrames), [{ title: 'the server sends', cell: ({ name }) => code(name) }, shapeColumn]),
  ],
};
