import type { ClientEventName, EventPayload, Position } from '@parley/contract';
import type { Change, State } from './state.ts';

export interface EventMeta {
  /** Absent for events that are not logged (typing, presence). */
  readonly topic?: string;
  readonly position?: Position;
  /** Unix time in ms: the state itself never looks at a clock. */
  readonly now: number;
}

/** Applies one event and says what it changed. Deterministic; nothing is done besides. */
export type Reducer<N extends ClientEventName> = (state: State, payload: EventPayload<N>, meta: EventMeta) => Change[];

/** One for each event of the contract: a forgotten one does not compile. */
export type Reducers = { readonly [N in ClientEventName]: Reducer<N> };
