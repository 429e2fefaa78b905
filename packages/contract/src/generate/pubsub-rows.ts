import { pubsubTopics } from '../pubsub.ts';
import { code } from './page.ts';

/** One PubSub topic, as a document tells of it. */
interface PubSubRow {
  topic: string;
  id: string;
  fedBy: string;
  scope?: string;
  heardIn: string;
}

const ids = { chat: 'of the chat', self: 'one\u2019s own', person: 'of the person' } as const;
const parts = { channels: 'channels', channel_admins: 'channels one administers' } as const;

const rows: PubSubRow[] = Object.entries(pubsubTopics).map(([topic, { event, scope, within, resource }]) => ({
  topic,
  id: ids[resource],
  fedBy: event === undefined ? 'other services' : code(event),
  ...(scope === undefined ? {} : { scope }),
  heardIn: within === undefined ? 'all that one may see' : parts[within],
}));

/** Every topic, and the open ones as one row. */
export const pubsubRows: readonly PubSubRow[] = [
  ...rows,
  {
    topic: 'app:<anything>',
    id: 'any',
    fedBy: '`PUBLISH` (scope `app:write:<anything>`), other services',
    scope: 'app:read:<anything>',
    heardIn: 'everywhere',
  },
];
