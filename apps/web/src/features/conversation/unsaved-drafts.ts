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

/** One chat's; another tab may have written those of others. None is forgotten. */
export function writeUnsaved(userId: string, chatId: string, draft: DraftChange | undefined): void {
  const { [chatId]: _, ...others } = readUnsaved(userId);
  store(userId, draft === undefined ? others : { ...others, [chatId]: draft });
}

export const forgetUnsaved = (userId: string): void => store(userId, {});

function store(userId: string, drafts: Unsaved): void {
  try {
    if (Object.keys(drafts).length === 0) localStorage.removeItem(keyOf(userId));
    else localStorage.setItem(keyOf(userId), JSON.stringify(drafts));
  } catch {
    // Full or forbidden: they last as long as the page.
  }
}
