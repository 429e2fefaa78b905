import type { Command } from '../commands/command.ts';
import type { OutboxItem } from './item.ts';

/** Other words for what is on its way. What the server may have already is edited there, once it is stored. */
export const reworded = (item: OutboxItem, content: string): OutboxItem =>
  item.isTried ? { ...item, edited: content } : { ...item, content };

/** The server does not have it: it goes out as it was last written. */
export function unsent({ isTried: _, edited, ...item }: OutboxItem): OutboxItem {
  return edited === undefined ? item : { ...item, content: edited };
}

/** What is left to do once it is stored. Every tab that sees it comes to the same. */
export function editAfterwards(item: OutboxItem, messageId: string): Command | undefined {
  const { clientMessageId: key, chatId, queuedAt, edited: content } = item;
  return content === undefined ? undefined : { kind: 'edit', key, chatId, messageId, queuedAt, content };
}
