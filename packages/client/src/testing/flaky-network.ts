import type { Network } from '../realtime/environment.ts';
import type { SocketConstructor, SocketLike } from '../realtime/link.ts';

/**
 * How it breaks. `loud`: connections end and the device knows; `quiet`: they end, and nobody is told why; `silent`: nothing ends,
 * bytes just stop, as when a phone leaves the network.
 */
export type Break = 'loud' | 'quiet' | 'silent';

/** The network of one device, which can be broken. A request that was under way may have arrived; its answer is lost. */
export interface FlakyNetwork {
  fetch: typeof fetch;
  WebSocket: SocketConstructor;
  network: Network;
  readonly isBroken: boolean;
  cut(how: Break): void;
  restore(): void;
}

type Frame = { data: unknown };
type Handler<E> = ((event: E) => void) | null;

const connectMs = 20;
const lost = (): TypeError => new TypeError('the network is gone');

export function createFlakyNetwork(): FlakyNetwork {
  const listeners = new Set<() => void>();
  const victims = new Set<(how: Break) => void>();
  let isBroken = false;
  let isKnown = false;

  const tellDevice = (): void => {
    for (const listener of [...listeners]) listener();
  };

  const request = (async (input: string, init?: RequestInit) => {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    const fall = (): void => reject(lost());
    victims.add(fall);
    try {
      if (isBroken) throw lost();
      return await Promise.race([fetch(input, init), promise]);
    } finally {
      victims.delete(fall);
    }
  }) as typeof fetch;

  function connect(url: string): SocketLike {
    const far = isBroken ? undefined : new WebSocket(url);
    let isStranded = false;
    let hasEnded = false;
    const near = {
      onopen: null as Handler<unknown>,
      onmessage: null as Handler<Frame>,
      onclose: null as Handler<{ code: number }>,
      onerror: null as Handler<unknown>,
      send(data: string) {
        if (!isStranded && far?.readyState === WebSocket.OPEN) far.send(data);
      },
      close: (code?: number) => {
        far?.close(code === undefined || code === 1000 || code >= 3_000 ? code : 1000);
        end(code ?? 1000);
      },
    };
    const end = (code: number): void => {
      if (hasEnded) return;
      hasEnded = true;
      victims.delete(fall);
      near.onclose?.({ code });
    };
    const fall = (how: Break): void => {
      isStranded = true;
      if (how === 'silent') return;
      far?.close();
      end(1006);
    };
    victims.add(fall);
    if (far === undefined) setTimeout(end, connectMs, 1006);
    else {
      far.onopen = (event) => isStranded || near.onopen?.(event);
      far.onmessage = (event) => isStranded || near.onmessage?.(event);
      far.onclose = ({ code }) => isStranded || end(code);
      far.onerror = (event) => isStranded || near.onerror?.(event);
    }
    return near;
  }

  return {
    fetch: request,
    WebSocket: function Socket(url: string) {
      return connect(url);
    } as unknown as SocketConstructor,
    network: {
      isOnline: () => !(isBroken && isKnown),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    get isBroken() {
      return isBroken;
    },
    cut(how) {
      isBroken = true;
      isKnown = how === 'loud';
      for (const victim of [...victims]) victim(how);
      if (isKnown) tellDevice();
    },
    restore() {
      isBroken = false;
      tellDevice();
    },
  };
}
