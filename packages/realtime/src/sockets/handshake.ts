import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { refuseUpgrade } from '../upgrade.ts';

export interface HandshakeOptions {
  /** While true, upgrades are answered 503. */
  isDraining(): boolean;
  allowOrigin(origin: string | undefined, request: IncomingMessage): boolean;
  addressOf: ((request: IncomingMessage) => string) | undefined;
  /** Counts a connection of the address, if there is room; each `true` is paid back by `leaveAddress`. */
  enterAddress(address: string): boolean;
  leaveAddress(address: string): void;
  maxFrameBytes: number | undefined;
  /** The one subprotocol that is spoken when asked for. */
  subprotocol?: string;
  onOpen(webSocket: WebSocket, request: IncomingMessage, address: string): void;
}

export interface Handshake {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Decides who may connect, and answers the upgrade. Frames that are too large close the socket with 1009. */
export function createHandshake(options: HandshakeOptions): Handshake {
  const addressOf = options.addressOf ?? ((request: IncomingMessage) => request.socket.remoteAddress ?? '');
  const { subprotocol } = options;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxFrameBytes ?? 64 * 1024,
    handleProtocols: (protocols) => (subprotocol !== undefined && protocols.has(subprotocol) ? subprotocol : false),
  });

  function refusalStatus(request: IncomingMessage, address: string): number | undefined {
    if (options.isDraining()) return 503;
    if (!options.allowOrigin(request.headers.origin, request)) return 403;
    return options.enterAddress(address) ? undefined : 429;
  }

  return {
    handleUpgrade(request, socket, head) {
      const address = addressOf(request);
      const status = refusalStatus(request, address);
      if (status !== undefined) {
        refuseUpgrade(socket, status);
        return;
      }
      let isOpen = false;
      server.handleUpgrade(request, socket, head, (webSocket) => {
        isOpen = true;
        options.onOpen(webSocket, request, address);
      });
      if (!isOpen) options.leaveAddress(address);
    },
    close: () => server.close(),
  };
}
