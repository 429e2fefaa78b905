import { type Batch, batchOf } from '../../sockets/batch.ts';
import { encodeText } from '../../sockets/wire.ts';
import type { EventTable, HubEvent } from '../../types.ts';

/** Events as frames of this door; undefined for those that never leave it. */
export interface EventFrames {
  /** Encoded once per event and variant: the hub hands one event to all subscribers before the next. */
  shared(event: HubEvent, isOwn: boolean): Batch | undefined;
}

export function createEventFrames(events: EventTable): EventFrames {
  let last: HubEvent | undefined;
  let common: Batch | undefined;
  let own: Batch | undefined;

  return {
    shared(event, isOwn) {
      if (event !== last) {
        last = event;
        common = undefined;
        own = undefined;
      }
      if (events[event.name]?.internal === true) return undefined;
      if (isOwn && event.ownData !== undefined) {
        own ??= encode(events, event, event.ownData);
        return own;
      }
      common ??= encode(events, event, event.data);
      return common;
    },
  };
}

function encode(events: EventTable, event: HubEvent, data: object): Batch {
  const type = events[event.name]?.ws;
  const place = event.offset === undefined ? {} : { topic: event.topic, epoch: event.epoch, offset: event.offset };
  const body =
    type === undefined
      ? { type: 'event', event: event.name, data, ...place }
      : Object.assign({ type }, data, { type }, place);
  return batchOf(encodeText(JSON.stringify(body)));
}
