import type { ClientEventName, EventPayload, Position } from '@parley/contract';
import type { Reducer } from './reducer.ts';
import { reducers } from './reducers.ts';
import { type Change, chatOfTopic, createState, type State } from './state.ts';

/** An event as it came, whichever way. Those without a position are live only. */
export type ClientEvent = {
  [N in ClientEventName]: { name: N; payload: EventPayload<N>; topic?: string; position?: Position };
}[ClientEventName];

/**
 * `applied`; `known`: not above the topic's position; `unknown_topic`: of a chat that is not in the state; `other_epoch`: the
 * log was replaced, the topic must be loaded anew.
 */
export type Outcome = 'applied' | 'known' | 'unknown_topic' | 'other_epoch';

export type Listener = (change: Change) => void;

export interface Store {
  readonly state: State;
  /** The position rule, then the event's reducer. */
  apply(event: ClientEvent): Outcome;
  /** Any other edit; its changes are told. */
  update(edit: (state: State) => Change[]): void;
  /** Told after each change. The returned function ends it. */
  subscribe(listener: Listener): () => void;
  /**
   * Loads something of a chat and merges it. Events that come meanwhile are applied at once, and again after the merge if
   * the load may not contain them, so that an older answer never undoes a newer event.
   */
  load<T>(chatId: string, load: () => Promise<T>, merge: (state: State, loaded: T) => Change[]): Promise<T>;
}

export function createStore(now: () => number = Date.now): Store {
  const state = createState();
  const listeners = new Set<Listener>();
  const recordings = new Map<string, Set<ClientEvent[]>>();

  const tell = (changes: readonly Change[]): void => {
    for (const change of changes) for (const listener of listeners) listener(change);
  };
  const update = (edit: (state: State) => Change[]): void => tell(edit(state));

  const run = (event: ClientEvent): void => {
    // A newer server may tell what this version does not know: the position moves on all the same.
    const reduce = reducers[event.name] as Reducer<ClientEventName> | undefined;
    if (reduce === undefined) return;
    update((current) => reduce(current, event.payload, { ...event, now: now() }));
  };

  const apply = (event: ClientEvent): Outcome => {
    const outcome = judge(state, event);
    if (outcome !== 'applied') return outcome;
    const { topic, position } = event;
    if (topic !== undefined && position !== undefined) state.positions.set(topic, position);
    const chatId = chatIn(event);
    for (const recording of recordings.get(chatId ?? '') ?? []) recording.push(event);
    run(event);
    return outcome;
  };

  const load: Store['load'] = async (chatId, fetch, merge) => {
    const recording: ClientEvent[] = [];
    const recorders = recordings.get(chatId) ?? new Set();
    recordings.set(chatId, recorders.add(recording));
    try {
      const loaded = await fetch();
      update((current) => merge(current, loaded));
      for (const event of recording) if (!contains(loaded, event)) run(event);
      return loaded;
    } finally {
      recorders.delete(recording);
      if (recorders.size === 0) recordings.delete(chatId);
    }
  };

  const subscribe = (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return { state, apply, update, subscribe, load };
}

function judge(state: State, { topic, position }: ClientEvent): Outcome {
  if (topic === undefined || position === undefined) return 'applied';
  const known = state.positions.get(topic);
  if (known === undefined) return chatOfTopic(topic) === undefined ? 'applied' : 'unknown_topic';
  if (known.epoch !== position.epoch) return 'other_epoch';
  return position.offset > known.offset ? 'applied' : 'known';
}

const chatIn = ({ payload }: ClientEvent): string | undefined => ('chatId' in payload ? payload.chatId : undefined);

/** An answer with a position contains all of the chat's log up to it. */
function contains(loaded: unknown, { topic, position }: ClientEvent): boolean {
  const at = (loaded as { position?: Position } | undefined)?.position;
  if (at === undefined || position === undefined || chatOfTopic(topic ?? '') === undefined) return false;
  return at.epoch === position.epoch && position.offset <= at.offset;
}
