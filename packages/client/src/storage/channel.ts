/** Word between all who share a storage: what one says, the others hear, not the one who said it. */
export interface Channel {
  say(word: string): void;
  close(): void;
}

/** Opens a channel by its name. */
export type Channels = (name: string, onWord: (word: string) => void) => Channel;

/** Among callers of this object only. */
export function createProcessChannels(): Channels {
  const listeners = new Map<string, Set<(word: string) => void>>();
  return (name, onWord) => {
    const others = listeners.get(name) ?? new Set();
    const hear = (word: string): void => onWord(word);
    listeners.set(name, others.add(hear));
    return {
      say(word) {
        for (const other of others) if (other !== hear) queueMicrotask(() => others.has(other) && other(word));
      },
      close: () => void others.delete(hear),
    };
  };
}

interface Broadcast {
  postMessage(word: string): void;
  close(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

/** Among the tabs of an origin; `undefined` where there is no BroadcastChannel. */
export function tabChannels(prefix: string): Channels | undefined {
  const { BroadcastChannel } = globalThis as unknown as { BroadcastChannel?: new (name: string) => Broadcast };
  if (BroadcastChannel === undefined) return undefined;
  return (name, onWord) => {
    const broadcast = new BroadcastChannel(prefix + name);
    broadcast.onmessage = ({ data }) => void (typeof data === 'string' && onWord(data));
    return { say: (word) => broadcast.postMessage(word), close: () => broadcast.close() };
  };
}
