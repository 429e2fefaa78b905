import type { DurableEventName, EventPayload } from '@parley/contract';
import type { HubEvent, Position } from '@parley/realtime';
import type { Db } from '../db/schema.ts';
import type { LoggedEntry } from './append.ts';

/** What one entry tells, as things are now. */
export interface Told<N extends DurableEventName = DurableEventName> {
  data: EventPayload<N>;
  /** What the actor's own connections are told instead. */
  ownData?: EventPayload<N> | undefined;
  /** Users who are not told. */
  hiddenFrom?: string[] | undefined;
  grant?: string[];
  /** Where the granted topics stood when this was rendered: followers are owed what comes after. */
  grantFrom?: Record<string, Position>;
  revoke?: string[];
  recheck?: boolean;
  endSession?: string;
}

/** Renders entries of one name together. Undefined: it is no longer told (the chat is gone, say). */
export type Renderer<N extends DurableEventName> = (
  db: Db,
  entries: readonly LoggedEntry[],
) => Promise<(Told<N> | undefined)[]> | (Told<N> | undefined)[];

/** One for each durable event; each module brings its own. */
export type Renderers = { readonly [N in DurableEventName]: Renderer<N> };

/** The facts are the payload: nothing to look up. */
export const asLogged = <N extends DurableEventName>(_db: Db, entries: readonly LoggedEntry[]): Told<N>[] =>
  entries.map((entry) => ({ data: entry.facts as EventPayload<N> }));

/** In the order given, without those that are no longer told. */
export async function render(
  db: Db,
  renderers: Renderers,
  epoch: string,
  entries: readonly LoggedEntry[],
): Promise<HubEvent[]> {
  const told = new Map<LoggedEntry, Told>();
  for (const [name, group] of Map.groupBy(entries, (entry) => entry.name)) {
    const results = await renderers[name](db, group);
    for (const [index, entry] of group.entries()) {
      const result = results[index];
      if (result) told.set(entry, result);
    }
  }
  return entries.flatMap((entry) => {
    const result = told.get(entry);
    return result ? [toHubEvent(entry, epoch, result)] : [];
  });
}

export function toHubEvent(entry: LoggedEntry, epoch: string, told: Told): HubEvent {
  const { topic, name, offset, actorId } = entry;
  return { topic, name, epoch, offset, ...told, ...(actorId === undefined ? {} : { actor: actorId }) } as HubEvent;
}
