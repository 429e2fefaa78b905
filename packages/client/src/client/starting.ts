import { isPassing } from '../http/api-error.ts';
import type { Call } from '../http/route-types.ts';
import { createPauses } from '../outbox/pauses.ts';
import { createBackoff } from '../realtime/backoff.ts';
import type { Network } from '../realtime/environment.ts';
import type { Client } from './types.ts';

/** Repeats a load while the server cannot be reached; at once when the network returns. Rejects when the signal is aborted. */
export async function persist(load: () => Promise<void>, network: Network, signal: AbortSignal): Promise<void> {
  const backoff = createBackoff();
  const pauses = createPauses();
  const unlisten = network.onChange(pauses.wake);
  try {
    while (!(await isLoaded(load))) {
      await pauses.wait(backoff.next(), signal);
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  } finally {
    unlisten();
  }
}

async function isLoaded(load: () => Promise<void>): Promise<boolean> {
  try {
    await load();
    return true;
  } catch (error) {
    if (!isPassing(error)) throw error;
    return false;
  }
}

export function untilOnline(client: Pick<Client, 'onStatus'>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = client.onStatus((status) => {
      if (status !== 'online') return;
      leave();
      resolve();
    });
    signal.addEventListener('abort', () => {
      leave();
      reject(signal.reason);
    });
  });
}

/** Calls that end when the signal of that time is aborted. */
export const untilAborted = (call: Call, signalNow: () => AbortSignal): Call =>
  ((name: Parameters<Call>[0], input: { signal?: AbortSignal } = {}) => {
    const signal = input.signal === undefined ? signalNow() : AbortSignal.any([input.signal, signalNow()]);
    return (call as (...given: unknown[]) => Promise<unknown>)(name, { ...input, signal });
  }) as Call;
