import { v7 as uuidv7 } from 'uuid';
import type { DemoChat } from './chats.ts';
import type { PastRow, ReadRow } from './store.ts';
import type { PastMessage } from './timeline.ts';

/** The rows of one chat. In chats with open identities a participant's id is the person's. */
export function rowsOf(
  chatId: string,
  messages: readonly PastMessage[],
  userIds: ReadonlyMap<string, string>,
): PastRow[] {
  const ids = messages.map(({ sentAt }) => uuidv7({ msecs: sentAt }));
  return messages.map((message, index) => ({
    chatId,
    id: ids[index]!,
    sequence: index + 1,
    senderId: userIds.get(message.sender)!,
    content: message.content,
    replyToId: message.replyTo === undefined ? null : ids[message.replyTo]!,
    sentAt: new Date(message.sentAt),
    before: message.before ?? null,
  }));
}

/** Everybody has read everything but what is said to be unread; what one wrote oneself, one has read. */
export function readsOf(chat: DemoChat, rows: readonly PastRow[], userIds: ReadonlyMap<string, string>): ReadRow[] {
  return chat.members.flatMap((username) => {
    const userId = userIds.get(username)!;
    const lastOwn = rows.findLast((row) => row.senderId === userId)?.sequence ?? 0;
    const sequence = Math.max(lastOwn, rows.length - (chat.unread?.[username] ?? 0));
    const row = rows[sequence - 1];
    return row === undefined ? [] : [{ chatId: row.chatId, userId, sequence, readAt: row.sentAt }];
  });
}
