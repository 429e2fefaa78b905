import { randomBytes } from 'node:crypto';
import { type Batch, batchOf } from '../../sockets/batch.ts';
import { encodeText } from '../../sockets/wire.ts';
import type { HubEvent } from '../../types.ts';
import { PUBLISHED, type Published, type PubSubTable, type View } from './table.ts';

/** One event on one of its topics. The frame is made when first asked for, and shared by all who listen. */
export interface Told extends View {
  readonly event: HubEvent;
  frame(isOwn: boolean): Batch;
}

export interface EventFrames {
  /** What an event is on each of its topics; the same objects for every subscriber it is handed to. */
  toldOn(event: HubEvent): readonly Told[];
}

export function createEventFrames(table: PubSubTable): EventFrames {
  const instance = randomBytes(6).toString('base64url');
  let liveEvents = 0;
  let last: HubEvent | undefined;
  let told: readonly Told[] = [];

  /** Of a durable event it is the same on every instance and in every replay. */
  function messageIdOf({ topic, epoch, offset, id }: HubEvent): string {
    if (offset !== undefined) return `${topic}/${epoch}/${offset}`;
    if (id !== undefined) return id;
    liveEvents += 1;
    return `${instance}${liveEvents.toString(36)}`;
  }

  return {
    toldOn(event) {
      if (event === last) return told;
      last = event;
      const views = table.viewsOf(event);
      if (views.length === 0) told = [];
      else {
        const body = createBody(event, messageIdOf(event));
        told = views.map((view) => createTold(view, event, body));
      }
      return told;
    },
  };
}

function createTold({ topic, within }: View, event: HubEvent, body: (isOwn: boolean) => string): Told {
  let common: Batch | undefined;
  let own: Batch | undefined;
  const encode = (isOwn: boolean) =>
    batchOf(encodeText(`{"type":"MESSAGE","data":{"topic":${JSON.stringify(topic)},${body(isOwn)}}}`));
  return {
    topic,
    within,
    event,
    frame(isOwn) {
      if (isOwn && event.ownData !== undefined) {
        own ??= encode(true);
        return own;
      }
      common ??= encode(false);
      return common;
    },
  };
}

/** All of `data` but the topic. The message is text inside the frame, escaped once however many topics it is told on. */
function createBody(event: HubEvent, messageId: string): (isOwn: boolean) => string {
  const { topic: log, epoch, offset } = event;
  const place = offset === undefined ? {} : { log, epoch, offset };
  const { publisher } = event.data as Published;
  const isSigned = event.name === PUBLISHED && publisher !== undefined;
  const rest = JSON.stringify({ message_id: messageId, ...(isSigned ? { publisher } : {}), ...place }).slice(1, -1);
  const bodyOf = (message: string) => `"message":${JSON.stringify(message)},${rest}`;
  let common: string | undefined;
  let own: string | undefined;
  return (isOwn) => {
    if (isOwn) {
      own ??= bodyOf(JSON.stringify(event.ownData));
      return own;
    }
    common ??= bodyOf(event.name === PUBLISHED ? (event.data as Published).message : JSON.stringify(event.data));
    return common;
  };
}
