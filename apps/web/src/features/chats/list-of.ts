import type { ChatState } from '@parley/client';
import { inOrder } from './chat-order.ts';

export type Folder = 'main' | 'archive';

/** What a folder shows, in order. */
export const listOf = (chats: readonly ChatState[], folder: Folder): string[] =>
  inOrder(chats.filter(({ isArchived }) => isArchived === (folder === 'archive'))).map(({ id }) => id);

/** The one before or after; from nowhere the first or the last. None at the ends. */
export function neighbourOf(ids: readonly string[], id: string | undefined, step: 1 | -1): string | undefined {
  const index = id === undefined ? -1 : ids.indexOf(id);
  if (index < 0) return step === 1 ? ids[0] : ids.at(-1);
  return ids[index + step];
}
