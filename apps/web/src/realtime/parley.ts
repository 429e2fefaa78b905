import { type Client, createClient, type State, type Status } from '@parley/client';
import { type InjectionKey, inject, type ShallowRef, shallowRef } from 'vue';
import { createSignals, type Signals } from './signals.ts';

/** The connection to the server, as components get it. */
export interface Parley {
  readonly client: Client;
  /** What is known. Read it after `track`, or a change will not be noticed. */
  readonly state: State;
  readonly track: Signals['track'];
  readonly status: Readonly<ShallowRef<Status>>;
}

interface Hooks {
  onSignedOut(): void;
  onError(error: unknown): void;
}

export const parleyKey: InjectionKey<Parley> = Symbol('parley');

export function createParley(hooks: Hooks): Parley {
  const { VITE_API_URL: baseUrl = '', VITE_WS_URL: wsUrl } = import.meta.env;
  // While developing, the page's own server hands everything on.
  const client = createClient({
    baseUrl: import.meta.env.DEV ? '' : baseUrl,
    ...(wsUrl === undefined ? {} : { wsUrl }),
    ...hooks,
  });
  const status = shallowRef<Status>(client.status);
  client.onStatus((next) => {
    status.value = next;
  });
  return { client, state: client.store.state, track: createSignals(client.store).track, status };
}

export function useParley(): Parley {
  const parley = inject(parleyKey);
  if (parley === undefined) throw new Error('There is no connection to use here.');
  return parley;
}
