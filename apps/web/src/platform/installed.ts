import { readonly, shallowRef } from 'vue';

/** A new version that waits until the old one is let go; none most of the time. */
const waiting = shallowRef<ServiceWorker>();

export const useUpdate = () => readonly(waiting);

/** A page that stays open for days asks now and then. */
const askEveryMs = 60 * 60_000;

/** Keeps what the app needs to open, and finds out about new versions. `open` is called by notifications. */
export async function install(open: (url: string) => void): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined || import.meta.env.DEV) return;
  workers.addEventListener('message', ({ data }: MessageEvent<{ type?: string; url?: string }>) => {
    if (data.type === 'open' && data.url !== undefined) open(data.url);
  });
  // Tools that switch workers off answer with nothing.
  const registration: ServiceWorkerRegistration | undefined = await workers.register('/sw.js', {
    updateViaCache: 'none',
  });
  if (registration === undefined) return;
  const look = (): void => {
    // The first one ever takes over by itself; there is nothing old to leave.
    if (registration.waiting !== null && workers.controller !== null) waiting.value = registration.waiting;
  };
  // Another tab has gone on with the new one: what this one has yet to fetch of the old may be gone.
  let before = workers.controller;
  workers.addEventListener('controllerchange', () => {
    if (before !== null && workers.controller !== null) waiting.value = workers.controller;
    before = workers.controller;
  });
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
  look();
  setInterval(() => void registration.update().catch(() => undefined), askEveryMs);
}

/** All tabs go on with the new version; this one by loading itself anew. */
export function takeUpdate(): void {
  const workers = navigator.serviceWorker;
  if (waiting.value === workers.controller) {
    location.reload();
    return;
  }
  workers.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.value?.postMessage({ type: 'activate' });
}
