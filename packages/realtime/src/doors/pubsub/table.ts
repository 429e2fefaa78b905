import { randomUUID } from 'node:crypto';
import type { HubEvent } from '../../types.ts';

/** One topic of the table: which event feeds it, and who may hear it. */
export interface PubSubTopic {
  /** Canonical name of the event that feeds it. Without one it has only what is published to it. */
  event?: string;
  /** Scope a token needs to listen. */
  scope?: string;
  /** Heard in a part of the user's hub topics only: a name that the embedder's `topicsOf` and `authorize` know. */
  within?: string;
  /** The hub topic heard when narrowed by this id; undefined when nothing can have this id. */
  hubTopicOf(id: string): string | undefined;
  /** The id by which the topic of an event is narrowed. */
  idOf(event: HubEvent): string | undefined;
  /** Events about one id come on any of the user's hub topics: narrowed, they are picked out of all of them. */
  isSpread?: boolean;
}

/** Topics that no event feeds: clients and other services publish to them. */
export interface OpenTopics {
  has(topic: string): boolean;
  readScope(topic: string): string;
  writeScope(topic: string): string;
}

/** What a topic means, as a client names it: `name`, or `name.id`. */
export interface ResolvedTopic {
  topic: string;
  name: string;
  id?: string;
  /** None: an open topic. */
  spec?: PubSubTopic;
}

/** A topic that an event is told on. */
export interface View {
  topic: string;
  within: string | undefined;
}

export interface PubSubTable {
  readonly open: OpenTopics | undefined;
  resolve(topic: string): ResolvedTopic | undefined;
  /** All topics an event is told on, without an id and with it. */
  viewsOf(event: HubEvent): readonly View[];
}

/** Name of events that were published to a PubSub topic. No other door tells them: make it `internal` in their table. */
export const PUBLISHED = 'pubsub.published';

export interface Published {
  /** The PubSub topic it was published to. */
  topic: string;
  /** Told as it came. */
  message: string;
  /** The user who published it; none when a service did. */
  publisher?: string;
}

export function createPubSubTable(topics: Readonly<Record<string, PubSubTopic>>, open?: OpenTopics): PubSubTable {
  const byName = new Map(Object.entries(topics));
  const byEvent = Map.groupBy(byName, ([, spec]) => spec.event);

  function resolve(topic: string): ResolvedTopic | undefined {
    const [name, id] = split(topic);
    const spec = byName.get(name);
    if (spec !== undefined) {
      if (id === undefined) return { topic, name, spec };
      return spec.hubTopicOf(id) === undefined ? undefined : { topic, name, id, spec };
    }
    if (open?.has(topic) !== true) return undefined;
    return id === undefined ? { topic, name } : { topic, name, id };
  }

  function viewsOfPublished(event: HubEvent): View[] {
    const resolved = resolve((event.data as Published).topic);
    if (resolved === undefined) return [];
    const { topic, name, spec } = resolved;
    // On the topic of all who listen to a name, everybody hears it.
    const within = event.topic === sharedTopicOf(name) ? undefined : spec?.within;
    return topic === name
      ? [{ topic, within }]
      : [
          { topic: name, within },
          { topic, within },
        ];
  }

  return {
    open,
    resolve,
    viewsOf(event) {
      if (event.name === PUBLISHED) return viewsOfPublished(event);
      const views: View[] = [];
      for (const [name, { within, idOf }] of byEvent.get(event.name) ?? []) {
        views.push({ topic: name, within });
        const id = idOf(event);
        if (id !== undefined) views.push({ topic: `${name}.${id}`, within });
      }
      return views;
    },
  };
}

/** Everything up to the first dot names the topic; the rest is the id. */
function split(topic: string): [name: string, id: string | undefined] {
  const dot = topic.indexOf('.');
  return dot === -1 ? [topic, undefined] : [topic.slice(0, dot), topic.slice(dot + 1)];
}

/** The hub topic of all who listen to a name of the table without an id; for what is published to it. */
export const sharedTopicOf = (name: string): string => `pubsub:${name}`;

/** What is published to a topic, as the live event that carries it. Undefined when there is no such topic. */
export function toPublishedEvent(table: PubSubTable, published: Published): HubEvent | undefined {
  const resolved = table.resolve(published.topic);
  if (resolved === undefined) return undefined;
  const { topic, name, id, spec } = resolved;
  const event = { name: PUBLISHED, data: published, id: randomUUID() };
  if (spec !== undefined) return { ...event, topic: id === undefined ? sharedTopicOf(name) : spec.hubTopicOf(id)! };
  return id === undefined ? { ...event, topic } : { ...event, topic, alsoTopics: [name] };
}
