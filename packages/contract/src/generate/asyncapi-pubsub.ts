import { events } from '../events.ts';
import { type PubSubSpec, pubsubClientFrames, pubsubServerFrames, pubsubTopics } from '../pubsub.ts';
import { type Messages, withType } from './asyncapi-messages.ts';
import type { Components } from './components.ts';
import { compact, type JsonObject } from './json.ts';

const { MESSAGE, RESPONSE, PONG, ...notices } = pubsubServerFrames;

/** What clients send on `/pubsub`. */
export const pubsubClientMessages = (components: Components): Messages =>
  Object.fromEntries(
    Object.entries(pubsubClientFrames).map(([type, schema]) => [
      type,
      { name: type, title: `${type} (sent by clients)`, payload: withType(type, schema, components) },
    ]),
  );

export const pubsubAnswers = (components: Components): Messages => ({
  RESPONSE: { name: 'RESPONSE', title: 'RESPONSE (answer)', payload: withType('RESPONSE', RESPONSE, components) },
  PONG: { name: 'PONG', title: 'PONG (answer)', payload: withType('PONG', PONG, components) },
});

/** One MESSAGE for each topic, saying what the text in it is, and the frames that tell of the connection. */
export function pubsubNotices(components: Components): Messages {
  const messages: Messages = {};
  for (const [topic, spec] of Object.entries(pubsubTopics)) messages[topic] = messageOn(topic, spec, components);
  messages['app:*'] = {
    name: 'MESSAGE',
    title: 'app:<anything>',
    summary: 'What clients and services publish.',
    payload: withType('MESSAGE', MESSAGE, components),
  };
  for (const [type, schema] of Object.entries(notices)) {
    messages[type] = { name: type, title: type, payload: withType(type, schema, components) };
  }
  return messages;
}

function messageOn(topic: string, { event, scope }: PubSubSpec, components: Components): JsonObject {
  const payload = withType('MESSAGE', MESSAGE, components);
  const { data } = payload.properties as { data: { properties: JsonObject } };
  const content = event === undefined ? undefined : components.schema(events[event].payload);
  const fields = {
    ...data.properties,
    topic: { ...(data.properties.topic as JsonObject), pattern: `^${topic}(\\..+)?$` },
    message: compact({
      ...(data.properties.message as JsonObject),
      contentMediaType: 'application/json',
      contentSchema: content,
    }),
  };
  return compact({
    name: 'MESSAGE',
    title: topic,
    summary: scope === undefined ? undefined : `Needs the scope \`${scope}\`.`,
    payload: {
      ...payload,
      properties: { ...(payload.properties as JsonObject), data: { ...data, properties: fields } },
    },
  });
}
