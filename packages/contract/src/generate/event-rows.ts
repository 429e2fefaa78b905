import type { EventName, Home } from '../events.ts';
import { events } from '../events.ts';

/** A name on Socket.IO and who hears it. */
export interface Spelling {
  name: string;
  note: string;
}

/** One line of the event table with every column there, for documents. */
export interface EventRow {
  event: EventName;
  home: Home;
  durable: boolean;
  ws: string | undefined;
  socketio: Spelling | undefined;
  chat: Spelling | undefined;
  pubsub: readonly { topic: string; scope?: string }[];
}

interface Spec {
  home: Home;
  durable: boolean;
  ws?: string;
  socketio?: { name: string; audience: 'topic' | 'user'; echo: 'all' | 'not-origin' | 'not-actor' };
  chatNamespace?: string;
  pubsub?: EventRow['pubsub'];
  internal?: boolean;
}

const audiences = { topic: 'room `chat:<id>`', user: 'rooms `user:<id>`' } as const;
const echoes = {
  all: '',
  'not-origin': ', not the sending socket',
  'not-actor': ', not the person who caused it',
} as const;

const toRow = (event: EventName, spec: Spec): EventRow => ({
  event,
  home: spec.home,
  durable: spec.durable,
  ws: spec.ws,
  socketio: spec.socketio && {
    name: spec.socketio.name,
    note: `${audiences[spec.socketio.audience]}${echoes[spec.socketio.echo]}`,
  },
  chat:
    spec.chatNamespace === undefined
      ? undefined
      : { name: spec.chatNamespace, note: 'every member but the sender, live only' },
  pubsub: spec.pubsub ?? [],
});

/** Every event that leaves a door, in the order of the event table. */
export const eventRows: readonly EventRow[] = (Object.entries(events) as [EventName, Spec][])
  .filter(([, spec]) => !spec.internal)
  .map(([event, spec]) => toRow(event, spec));
