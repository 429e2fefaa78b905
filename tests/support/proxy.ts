import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * How a connection breaks. `end`: both sides are told (FIN). `reset`: both sides are told rudely (RST). `silent`: nobody is
 * told, bytes just stop, as when a phone leaves the network; the server's side stays open until the proxy closes.
 */
export type Cut = 'end' | 'reset' | 'silent';

interface Pair {
  near: Socket;
  far: Socket;
}

/** A TCP road to a server that can be cut. */
export interface CuttableProxy {
  readonly url: string;
  /** Breaks all connections and lets no new ones through until `restore`. */
  cut(how: Cut): void;
  restore(): void;
  /** Connections made so far. */
  opened(): number;
  close(): void;
}

export async function startProxy(target: string): Promise<CuttableProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<Pair>();
  const stranded = new Set<Socket>();
  let isCut = false;
  let opened = 0;

  const server = createServer((near) => {
    near.on('error', ignore);
    if (isCut) return near.resetAndDestroy();
    opened += 1;
    const far = connect({ host: hostname, port: Number(port) });
    far.on('error', ignore);
    const pair = { near, far };
    pairs.add(pair);
    near.on('close', () => {
      pairs.delete(pair);
      far.destroy();
    });
    far.on('close', () => near.destroy());
    near.setNoDelay().pipe(far);
    far.setNoDelay().pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function strand({ near, far }: Pair): void {
    near.unpipe(far);
    far.unpipe(near);
    for (const socket of [near, far]) {
      socket.removeAllListeners('close');
      // Read and dropped: whoever sends believes that it arrived.
      socket.resume();
      stranded.add(socket);
      socket.on('close', () => stranded.delete(socket));
    }
  }

  const breaks: Record<Cut, (pair: Pair) => void> = {
    end({ near, far }) {
      near.destroy();
      far.destroy();
    },
    reset({ near, far }) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    },
    silent: strand,
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(how) {
      isCut = true;
      for (const pair of pairs) breaks[how](pair);
      pairs.clear();
    },
    restore() {
      isCut = false;
    },
    opened: () => opened,
    close() {
      server.close();
      for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy();
      for (const socket of stranded) socket.destroy();
    },
  };
}

/** A reset tells itself by an error first; the `close` that follows is what counts. */
const ignore = (): void => undefined;
