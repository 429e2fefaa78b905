import {
  chatTopic,
  isOpenTopic,
  openScope,
  type PubSubResource,
  type PubSubSpec,
  pubsubTopics,
  topicId,
  userTopic,
} from '@parley/contract';
import { createPubSubTable, type HubEvent, type PubSubTopic, toPublishedEvent } from '@parley/realtime';
import { presenceTopic } from '../modules/presence/privacy.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface Resource {
  hubTopicOf(id: string): string;
  idOf(event: HubEvent): string;
  isSpread?: true;
}

const resources: Record<PubSubResource, Resource> = {
  chat: { hubTopicOf: chatTopic, idOf: ({ topic }) => topicId(topic) },
  self: { hubTopicOf: userTopic, idOf: ({ topic }) => topicId(topic) },
  // Told on the chats that the two share, and on a topic of its own.
  person: { hubTopicOf: presenceTopic, idOf: ({ data }) => (data as { userId: string }).userId, isSpread: true },
};

function toTopic({ resource, ...spec }: PubSubSpec): PubSubTopic {
  const { hubTopicOf, ...rest } = resources[resource];
  return { ...spec, ...rest, hubTopicOf: (id) => (uuid.test(id) ? hubTopicOf(id) : undefined) };
}

/** The topics of the contract, as the door takes them. */
export const pubsubTable = createPubSubTable(
  Object.fromEntries(Object.entries(pubsubTopics).map(([name, spec]) => [name, toTopic(spec)])),
  {
    has: isOpenTopic,
    readScope: (topic) => openScope(topic, 'read'),
    writeScope: (topic) => openScope(topic, 'write'),
  },
);

/** What another service published on the bus's ingress; undefined when no such topic exists. */
export const fromIngress = ({ topic, data }: { topic: string; data: object }): HubEvent | undefined =>
  toPublishedEvent(pubsubTable, { topic, message: JSON.stringify(data) });
