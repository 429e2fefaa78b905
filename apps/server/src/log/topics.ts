const nil = '00000000-0000-0000-0000-000000000000';

/** A topic as the log tables key it: `chat:<id>` is (id, 'chat'); topics of the whole system have the nil owner. */
export interface TopicKey {
  ownerId: string;
  kind: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Undefined for a name that cannot have a log. */
export function topicKey(topic: string): TopicKey | undefined {
  const colon = topic.indexOf(':');
  const kind = topic.slice(0, colon);
  const rest = topic.slice(colon + 1);
  if (kind === 'system') return { ownerId: nil, kind: topic };
  return (kind === 'chat' || kind === 'user') && uuid.test(rest) ? { ownerId: rest, kind } : undefined;
}

export const topicName = (key: TopicKey): string => (key.ownerId === nil ? key.kind : `${key.kind}:${key.ownerId}`);
