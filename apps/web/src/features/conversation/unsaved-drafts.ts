import type { DraftChange } from '@parley/contract';

type Unsaved = Record<string, DraftChange>;

const keyOf = (userId: string): string => `parley/drafts/${userId}`;

/** What this device has typed and not saved, by chat. Earlier versions kept the mere words. */
export function readUnsaved(userId: string): Unsaved {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(userId)) ?? '{}') as Record<string, DraftChange | string>;
    return Object.fromEntries(
      Object.entries(kept).map(([chatId, draft]) => [chatId, typeof draft === 'string' ? { content: draft } : draft]),
    );
  } catch {
    // Nothing that can be read was kept.
    return {};
  }
}

export function writeUnsaved(userId: string, drafts: Unsaved): void {
  try {
    if (Object.keys(drafts).length === 0) localStorage.removeItem(keyOf(userId));
    else localStorage.setItem(keyOf(userId), JSON.stringify(drafts));
  } catch {
    // Full or forbidden: they last as long as the page.
  }
}
