import type { ClientEventName, Position } from '@parley/contract';
import type { ClientEvent } from '../store/store.ts';

/** One frame as it came: `type` and the rest. */
export type Frame = { type: string } & Record<string, unknown>;

/**
 * `type` on `/ws` -> event of the contract, for those with a spelling of their own. Kept by hand so that no schema enters a
 * web bundle; a test holds it against the contract. Some spellings are shared: see `sharedSpellings`.
 */
export const frameEvents: Readonly<Record<string, ClientEventName>> = {
  message: 'message.new',
  message_updated: 'message.updated',
  message_deleted: 'message.deleted',
  message_failed: 'message.failed',
  message_pinned: 'message.pinned',
  message_unpinned: 'message.unpinned',
  reaction: 'reaction.added',
  typing: 'typing.updated',
  read_receipt: 'receipt.updated',
  chat_created: 'chat.created',
  chat_updated: 'chat.updated',
  chat_deleted: 'chat.deleted',
  chat_member_joined: 'chat.member_joined',
  chat_member_left: 'chat.member_left',
  participant_updated: 'chat.participant_updated',
  user_profile_updated: 'user.updated',
  presence: 'presence.updated',
};

/** Spelled like another event, and told apart by the payload. */
export const sharedSpellings: Readonly<
  Record<string, { event: ClientEventName; is: (payload: Readonly<Record<string, unknown>>) => boolean }>
> = {
  message_deleted: { event: 'message.hidden', is: ({ forEveryone }) => forEveryone === false },
  reaction: { event: 'reaction.removed', is: ({ action }) => action === 'removed' },
  chat_deleted: { event: 'chat.left', is: ({ reason }) => reason !== undefined },
};

/** An object with a type, or nothing: what is not a frame is ignored, as newer servers may say more. */
export function parseFrame(text: unknown): Frame | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isFrame = typeof value === 'object' && value !== null && typeof (value as Frame).type === 'string';
    return isFrame ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}

/** The event in a frame, or `undefined` for the door's own frames. Its name may be one this version does not know. */
export function eventOf(frame: Frame): ClientEvent | undefined {
  const { type, topic, epoch, offset, ...rest } = frame;
  const isNamed = type === 'event' && typeof rest.event === 'string';
  const payload = isNamed ? ((rest.data ?? {}) as Record<string, unknown>) : rest;
  const name = isNamed ? rest.event : nameOf(type, payload);
  if (name === undefined) return undefined;
  return { name, payload, ...placeOf(topic, epoch, offset) } as ClientEvent;
}

function nameOf(type: string, payload: Readonly<Record<string, unknown>>): ClientEventName | undefined {
  const shared = Object.hasOwn(sharedSpellings, type) ? sharedSpellings[type] : undefined;
  if (shared?.is(payload)) return shared.event;
  return Object.hasOwn(frameEvents, type) ? frameEvents[type] : undefined;
}

function placeOf(topic: unknown, epoch: unknown, offset: unknown): { topic?: string; position?: Position } {
  if (typeof topic !== 'string') return {};
  return typeof epoch === 'string' && typeof offset === 'number' ? { topic, position: { epoch, offset } } : { topic };
}
