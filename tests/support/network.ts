import type { Network } from '@parley/client';

/** The network as a device tells it to the SDK. */
export interface SwitchedNetwork extends Network {
  set(isOnline: boolean): void;
}

export function createNetwork(): SwitchedNetwork {
  const listeners = new Set<() => void>();
  let isOnline = true;
  return {
    isOnline: () => isOnline,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      isOnline = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
