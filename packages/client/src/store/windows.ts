import type { MessagePage, ReadReceipt } from '@parley/contract';
import { setParticipants } from './chats.ts';
import { mergeItems } from './messages.ts';
import { removePending } from './pending.ts';
import { type Change, type MessageWindow, type State, windowOf } from './state.ts';

/** Where a page belongs: it is the window now, or continues the one that is there. */
export type PagePlace = 'whole' | 'older' | 'newer';

export function putPage(state: State, chatId: string, page: MessagePage, place: PagePlace): Change[] {
  if (!state.chats.has(chatId)) return [];
  state.windows.set(chatId, joined(state.windows.get(chatId), page, place));
  const met = page.items.flatMap(({ clientMessageId }) =>
    clientMessageId === undefined ? [] : removePending(state, chatId, clientMessageId),
  );
  return [...setParticipants(state, chatId, page.participants), ...met, { part: 'messages', chatId }];
}

function joined(window: MessageWindow | undefined, page: MessagePage, place: PagePlace): MessageWindow {
  if (window === undefined || place === 'whole') return windowOf(page);
  if (!touches(window, page, place)) return window;
  const items = mergeItems(window.items, page.items);
  return place === 'older'
    ? { ...window, items, hasOlder: page.hasOlder }
    : { ...window, items, hasNewer: page.hasNewer };
}

/** The window may have moved on while the page was fetched; sequences have no holes, so what does not touch it left one. */
function touches({ items: known }: MessageWindow, { items }: MessagePage, place: 'older' | 'newer'): boolean {
  if (known.length === 0 || items.length === 0) return true;
  return place === 'older'
    ? items.at(-1)!.sequence >= known[0]!.sequence - 1
    : items[0]!.sequence <= known.at(-1)!.sequence + 1;
}

/** Forgets what lies far from the newest message, so that a long day does not fill the memory. */
export function trimWindow(state: State, chatId: string, keep: number): Change[] {
  const window = state.windows.get(chatId);
  if (window === undefined || window.items.length <= keep) return [];
  state.windows.set(chatId, { ...window, items: window.items.slice(-keep), hasOlder: true });
  return [{ part: 'messages', chatId }];
}

/** Keeps the `keep` messages next to one end of the window, the oldest or the newest that are loaded. */
export function cutWindow(state: State, chatId: string, keep: number, end: 'older' | 'newer'): Change[] {
  if (end === 'newer') return trimWindow(state, chatId, keep);
  const window = state.windows.get(chatId);
  if (window === undefined || window.items.length <= keep) return [];
  state.windows.set(chatId, { ...window, items: window.items.slice(0, keep), hasNewer: true });
  return [{ part: 'messages', chatId }];
}

export function putReceipts(state: State, chatId: string, receipts: readonly ReadReceipt[]): Change[] {
  const chat = state.chats.get(chatId);
  if (chat === undefined) return [];
  const others = receipts.filter(({ userId }) => userId !== chat.myParticipantId);
  state.receipts.set(chatId, new Map(others.map((receipt) => [receipt.userId, receipt])));
  return [{ part: 'receipts', chatId }];
}
