import type { ForwardedFrom, Participant } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Membership } from '../members/service.ts';
import type { MessageRow } from './row.ts';

interface Options {
  db: Db;
  participantsOf: typeof import('../members/participants.ts').participants;
  /** The title of a public channel; undefined for every other chat. */
  publicTitleOf(chatId: string): Promise<string | undefined>;
}

/**
 * Whose words messages are, as everyone may know it who gets them forwarded. Of a public channel: the channel and the message. Of a
 * person: who they are to an ordinary member of that chat, and nothing of the chat. What was forwarded before keeps its first
 * origin. It is written down with the new message, so it outlives the one it came from, and renaming oneself changes no past.
 */
export async function originsOf(
  { db, participantsOf, publicTitleOf }: Options,
  from: Membership,
  rows: readonly MessageRow[],
): Promise<ForwardedFrom[]> {
  const { chatId } = from;
  const title = from.chatType === 'channel' ? await publicTitleOf(chatId) : undefined;
  const senders = rows.map((row) => ({ chatId, participantId: row.sender_id }));
  const people = title === undefined ? await participantsOf(db, undefined, senders) : new Map<string, Participant>();
  return rows.map((row) => {
    if (row.forwarded_from !== null) return row.forwarded_from;
    if (title !== undefined) return { chatId, messageId: row.id, displayName: title };
    return ofPerson(people.get(`${chatId} ${row.sender_id}`));
  });
}

function ofPerson(person: Participant | undefined): ForwardedFrom {
  const { userId, displayName = '' } = person ?? {};
  return userId === undefined ? { displayName } : { userId, displayName };
}
