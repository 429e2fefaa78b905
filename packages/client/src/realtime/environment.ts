/** Whether the person is looking. */
export interface Activity {
  isActive(): boolean;
  onChange(listener: () => void): () => void;
}

/** Whether there is a network at all. */
export interface Network {
  isOnline(): boolean;
  /** Also when the page was away and is back, and the network may be another. */
  onChange(listener: () => void): () => void;
}

interface Events {
  addEventListener(name: string, listener: () => void): void;
  removeEventListener(name: string, listener: () => void): void;
}

interface Page extends Partial<Events> {
  document?: Events & { visibilityState: string };
  navigator?: { onLine?: boolean };
}

const page = globalThis as Page;

function listen(target: Partial<Events> | undefined, names: readonly string[], listener: () => void): () => void {
  for (const name of names) target?.addEventListener?.(name, listener);
  return () => {
    for (const name of names) target?.removeEventListener?.(name, listener);
  };
}

/** Follows the tab's visibility; outside a browser always active. */
export const pageActivity: Activity = {
  isActive: () => page.document?.visibilityState !== 'hidden',
  onChange: (listener) => listen(page.document, ['visibilitychange'], listener),
};

/** Follows the browser's word; outside a browser always online. */
export const pageNetwork: Network = {
  isOnline: () => page.document === undefined || page.navigator?.onLine !== false,
  onChange: (listener) => listen(page.document && page, ['online', 'offline', 'pageshow'], listener),
};
