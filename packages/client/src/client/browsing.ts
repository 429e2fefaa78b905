import type { Store } from '../store/store.ts';
import { trimWindow } from '../store/windows.ts';
import type { Bounds } from './bounds.ts';
import { fullMembersUpTo, type Loading } from './loading.ts';
import type { Browsing } from './types.ts';

const keptWhenClosed = 60;

export interface BrowsingParts {
  store: Store;
  loading: Loading;
  bounds: Bounds;
  /** When what was kept of earlier runs is there. */
  restored(): Promise<unknown>;
  /** Whether the receipts are from an earlier run: who hides theirs meanwhile is told by no event. Asked once. */
  takeStaleReceipts(chatId: string): boolean;
  onError(error: unknown): void;
}

export function createBrowsing({ store, loading, bounds, restored, ...parts }: BrowsingParts): Browsing {
  const { state } = store;
  const pages = new Map<string, Promise<unknown>>();

  /** Two requests for the same page are one. */
  const once = <T>(key: string, load: () => Promise<T>): Promise<T> => {
    const known = pages.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const loaded = load().finally(() => pages.delete(key));
    pages.set(key, loaded);
    return loaded;
  };

  const isInside = (chatId: string, sequence: number): boolean => {
    const items = state.windows.get(chatId)?.items ?? [];
    return items.length > 0 && sequence >= items[0]!.sequence && sequence <= items.at(-1)!.sequence;
  };

  const ensurePage = async (chatId: string, around: number | undefined): Promise<void> => {
    const isThere = around === undefined ? state.windows.has(chatId) : isInside(chatId, around);
    if (isThere) return;
    const query = around === undefined ? {} : { around };
    await once(`${chatId} ${around ?? 'newest'}`, () => loading.page(chatId, query, 'whole'));
  };

  const ensurePeople = async (chatId: string): Promise<void> => {
    const chat = state.chats.get(chatId);
    if (chat === undefined) return;
    const wantsMembers = chat.memberCount <= fullMembersUpTo && !state.fullMembers.has(chatId);
    const wantsReceipts = chat.type !== 'channel' && !state.receipts.has(chatId);
    if (!wantsReceipts && parts.takeStaleReceipts(chatId)) {
      void once(`${chatId} receipts`, () => loading.receipts(chatId)).catch(parts.onError);
    }
    await Promise.all([
      state.pins.has(chatId) || once(`${chatId} pins`, () => loading.pins(chatId)),
      wantsMembers && once(`${chatId} members`, () => loading.members(chatId)),
      wantsReceipts && once(`${chatId} receipts`, () => loading.receipts(chatId)),
    ]);
  };

  return {
    async openChat(chatId, { around } = {}) {
      bounds.opened(chatId);
      await restored();
      if (!state.chats.has(chatId)) await once(`${chatId} chat`, () => loading.chat(chatId));
      await Promise.all([ensurePage(chatId, around), ensurePeople(chatId)]);
    },
    async loadNewest(chatId) {
      const window = state.windows.get(chatId);
      bounds.moved(chatId, 'newer');
      if (window === undefined || window.hasNewer) {
        await once(`${chatId} newest`, () => loading.page(chatId, {}, 'whole'));
      }
    },
    async loadOlder(chatId) {
      const window = state.windows.get(chatId);
      const first = window?.items[0];
      if (window?.hasOlder !== true || first === undefined) return undefined;
      bounds.moved(chatId, 'older');
      return once(`${chatId} older`, () => loading.page(chatId, { before: first.sequence }, 'older'));
    },
    async loadNewer(chatId) {
      const window = state.windows.get(chatId);
      const last = window?.items.at(-1);
      if (window?.hasNewer !== true || last === undefined) return undefined;
      bounds.moved(chatId, 'newer');
      return once(`${chatId} newer`, () => loading.page(chatId, { after: last.sequence }, 'newer'));
    },
    closeChat(chatId, keep = keptWhenClosed) {
      store.update((current) => trimWindow(current, chatId, keep));
      bounds.closed(chatId);
    },
  };
}
