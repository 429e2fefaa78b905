import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * The one listener for upgrades: path -> door. A path nobody serves is answered 404 at once, so that no door's time-out
 * can hit an upgrade that another door is still working on. `/socket.io` also serves `/socket.io/`.
 */
export function routeUpgrades(server: Server, routes: Readonly<Record<string, UpgradeHandler>>): void {
  const handlers = new Map(Object.entries(routes));
  server.on('upgrade', (request, socket, head) => {
    const handler = handlers.get(pathOf(request));
    if (handler !== undefined) handler(request, socket, head);
    else refuseUpgrade(socket, 404);
  });
}

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?', 1)[0] as string;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Answers an upgrade with an HTTP status and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  // A peer that is gone already is no news.
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
