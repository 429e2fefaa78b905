import type { Wire } from './wire.ts';

/**
 * Publishing that never waits and never piles up: what the server has not acknowledged is bounded, and beyond the bound,
 * or without a connection, an event is dropped, for the log has it.
 */
export interface Outgoing {
  publish(channel: string, text: string): void;
  readonly pendingBytes: number;
  readonly dropped: number;
}

export function createOutgoing(wire: Pick<Wire, 'publish'>, maxPendingBytes: number): Outgoing {
  let pendingBytes = 0;
  let dropped = 0;

  return {
    publish(channel, text) {
      const size = channel.length + text.length;
      if (pendingBytes + size > maxPendingBytes) {
        dropped += 1;
        return;
      }
      pendingBytes += size;
      wire.publish(channel, text).then(
        () => {
          pendingBytes -= size;
        },
        () => {
          pendingBytes -= size;
          dropped += 1;
        },
      );
    },
    get pendingBytes() {
      return pendingBytes;
    },
    get dropped() {
      return dropped;
    },
  };
}
