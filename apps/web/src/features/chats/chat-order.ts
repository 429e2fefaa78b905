import type { ChatState } from '@parley/client';

const activity = ({ lastMessage, createdAt }: ChatState): string => lastMessage?.sentAt ?? createdAt;

/** Pinned ones first, then by what happened last, the newest first; archived ones at the end. */
export function inOrder(chats: readonly ChatState[]): ChatState[] {
  const rank = (chat: ChatState): number => (chat.isArchived ? 2 : chat.isPinned ? 0 : 1);
  return chats.toSorted((a, b) => {
    const [first, second] = [activity(a), activity(b)];
    return rank(a) - rank(b) || (first < second ? 1 : first > second ? -1 : 0) || (a.id < b.id ? 1 : -1);
  });
}

/** The same array as before while the order is the same, so that nothing is drawn anew. */
export const sameIds = (before: readonly string[] | undefined, ids: readonly string[]): readonly string[] =>
  before?.length === ids.length && ids.every((id, index) => id === before[index]) ? before : ids;

export const isMuted = ({ mutedUntil }: ChatState, now: number): boolean =>
  mutedUntil !== undefined && Date.parse(mutedUntil) > now;

export const isQuiet = (chat: ChatState, now: number): boolean => isMuted(chat, now) || chat.isArchived;

/** What is to be told of: unread messages of chats that are not muted. */
export const unreadIn = (chats: readonly ChatState[], now: number): number =>
  chats.reduce((sum, chat) => sum + (isQuiet(chat, now) ? 0 : chat.unreadCount), 0);

/** Chats whose title has a word that begins with the text. */
export function matching(titles: ReadonlyMap<string, string>, text: string): string[] {
  const wanted = text.trim().toLocaleLowerCase();
  return [...titles].filter(([, title]) => beginsWord(title.toLocaleLowerCase(), wanted)).map(([id]) => id);
}

const beginsWord = (title: string, wanted: string): boolean =>
  title.startsWith(wanted) || title.split(/[\s·,._-]+/).some((word) => word.startsWith(wanted));
