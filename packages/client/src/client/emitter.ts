import type { ClientEventName, EventPayload, Position } from '@parley/contract';
import type { ClientEvent } from '../store/store.ts';

export interface HandlerMeta {
  topic?: string;
  /** Absent for events that are not logged. */
  position?: Position;
  /** The person signed in did it (messages only). */
  isOwn: boolean;
}

export type Handler<N extends ClientEventName> = (payload: EventPayload<N>, meta: HandlerMeta) => unknown;
export type On = <N extends ClientEventName>(name: N, handler: Handler<N>) => () => void;

export interface Emitter {
  on: On;
  emit(event: ClientEvent, isOwn: boolean): void;
}

/** Handlers may be async; what they throw goes to `onError`, and the others are called all the same. */
export function createEmitter(onError: (error: unknown) => void): Emitter {
  const handlers = new Map<string, Set<Handler<ClientEventName>>>();

  const run = async (handler: Handler<ClientEventName>, event: ClientEvent, isOwn: boolean): Promise<void> => {
    const { payload, topic, position } = event;
    try {
      await handler(payload, { ...(topic === undefined ? {} : { topic }), ...(position && { position }), isOwn });
    } catch (error) {
      onError(error);
    }
  };

  const on: On = (name, handler) => {
    const known = handlers.get(name) ?? new Set();
    handlers.set(name, known.add(handler as Handler<ClientEventName>));
    return () => known.delete(handler as Handler<ClientEventName>);
  };

  const emit = (event: ClientEvent, isOwn: boolean): void => {
    for (const handler of handlers.get(event.name) ?? []) void run(handler, event, isOwn);
  };

  return { on, emit };
}
