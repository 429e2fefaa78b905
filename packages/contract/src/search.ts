import { Message } from './messages.ts';
import { Participant } from './participants.ts';
import { described, Id, optional, type Static, Timestamp, Type } from './schema.ts';

const filters = {
  q: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'Words or parts of words, in any script; all of them must be there.',
  }),
  from: optional(described(Id, 'Only of this sender: a participant id.')),
  since: optional(described(Timestamp, 'Only what was sent then or later.')),
  until: optional(described(Timestamp, 'Only what was sent before.')),
  limit: optional(Type.Integer({ minimum: 1, maximum: 50, description: 'Messages in one answer; 20 by default.' })),
  cursor: optional(
    Type.String({
      maxLength: 16,
      pattern: '^[0-9]+$',
      description: '`nextCursor` of the page before; absent: the first.',
    }),
  ),
};

export const ChatSearchQuery = Type.Object(filters);
export const SearchQuery = Type.Object({
  ...filters,
  chatId: optional(described(Id, 'Only in this chat; absent: in all of one’s chats.')),
});
export type SearchQuery = Static<typeof SearchQuery>;

/** A message that was found, and who sent it. */
export const MessageHit = Type.Object({
  message: described(Message, 'As the viewer may see it.'),
  sender: optional(described(Participant, 'Who stands behind its `senderId`; absent where that is not known.')),
});
export type MessageHit = Static<typeof MessageHit>;
