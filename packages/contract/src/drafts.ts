import { maxContentLength } from './messages.ts';
import { described, Id, optional, type Static, Timestamp, Type } from './schema.ts';

/** What a person has begun to write in a chat, on whatever device. */
export const Draft = Type.Object({
  content: Type.String({ description: 'May be empty beside a message to answer.' }),
  replyToMessageId: optional(described(Id, 'What it is to answer; absent when nothing.')),
  updatedAt: described(Timestamp, 'When it was kept; of two the later one holds.'),
});
export type Draft = Static<typeof Draft>;

/** Without words and without a message to answer there is no draft. */
export const DraftChange = Type.Object({
  content: Type.String({ maxLength: maxContentLength * 4, description: 'At most 8,000 characters; may be empty.' }),
  replyToMessageId: optional(described(Id, 'What it is to answer; absent: nothing.')),
});
export type DraftChange = Static<typeof DraftChange>;
