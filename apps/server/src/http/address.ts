import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** IPv4 as IPv4, also where a socket for both families spells it as IPv6. */
export const plainAddress = (address: string): string => mapped.exec(address)?.[1] ?? address;

/** The address of the peer, or of the client that a trusted proxy speaks for (X-Forwarded-For). */
export function createAddressOf(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  if (trustProxy.length === 0) return (request) => plainAddress(request.socket.remoteAddress ?? '');
  const isTrusted = proxyAddress.compile([...trustProxy]);
  return (request) => plainAddress(proxyAddress(request, isTrusted));
}
