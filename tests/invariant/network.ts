import type { Network, SocketConstructor } from '@parley/client';

/** A client's way to the server, which can be cut and mended. */
export interface Line {
  network: Network;
  WebSocket: SocketConstructor;
  cut(): void;
  mend(): void;
}

/** A port that nobody may listen on. */
const nowhere = 'ws://127.0.0.1:1';

/** As when a network goes: nothing more is heard, and nobody said goodbye. */
function drop(socket: WebSocket): void {
  const told = socket.onclose as ((event: { code: number }) => void) | null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.close();
  told?.({ code: 1006 });
}

export function createLine(): Line {
  const sockets = new Set<WebSocket>();
  const listeners = new Set<() => void>();
  let isOnline = true;
  const change = (to: boolean): void => {
    isOnline = to;
    for (const listener of listeners) listener();
  };

  class LineSocket extends WebSocket {
    constructor(url: string) {
      super(isOnline ? url : nowhere);
      sockets.add(this);
    }
  }

  return {
    network: {
      isOnline: () => isOnline,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    WebSocket: LineSocket as unknown as SocketConstructor,
    cut() {
      change(false);
      for (const socket of sockets) drop(socket);
      sockets.clear();
    },
    mend: () => change(true),
  };
}
