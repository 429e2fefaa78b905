/** Whether the page is set aside: kept as it is, without running, to be shown again when the person goes back. */
export interface Aside {
  isNow(): boolean;
  /** Resolves when the page is in use, which may be at once. */
  over(): Promise<void>;
  onBegin(listener: () => void): () => void;
}

interface Page {
  addEventListener?(name: string, listener: (event: { persisted?: boolean }) => void): void;
}

/** Outside a browser never. */
export function followAside(page: Page = globalThis as Page): Aside {
  const listeners = new Set<() => void>();
  let back: PromiseWithResolvers<void> | undefined;
  page.addEventListener?.('pagehide', ({ persisted }) => {
    if (persisted !== true) return;
    back ??= Promise.withResolvers<void>();
    for (const listener of listeners) listener();
  });
  page.addEventListener?.('pageshow', () => {
    back?.resolve();
    back = undefined;
  });
  return {
    isNow: () => back !== undefined,
    over: async () => back?.promise,
    onBegin(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
