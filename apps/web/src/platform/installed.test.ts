import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const reload = vi.fn();

/** The workers of a page, of which one is in charge. */
class Workers extends EventTarget {
  controller: object | null = { name: 'old' };
  registration = Object.assign(new EventTarget(), { waiting: null, installing: null, update: async () => undefined });
  register = async () => this.registration;
  take(worker: object): void {
    this.controller = worker;
    this.dispatchEvent(new Event('controllerchange'));
  }
}

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('DEV', false);
  vi.stubGlobal('location', { reload });
  vi.useFakeTimers();
});
afterEach(() => {
  reload.mockClear();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function open(workers: Workers) {
  vi.stubGlobal('navigator', { serviceWorker: workers });
  const { install, takeUpdate, useUpdate } = await import('./installed.ts');
  await install(() => undefined);
  return { takeUpdate, update: useUpdate() };
}

it('a tab hears that another one has gone on with a new version, and may follow', async () => {
  const workers = new Workers();
  const { takeUpdate, update } = await open(workers);
  expect(update.value).toBeUndefined();
  workers.take({ name: 'new' });
  expect(update.value).toMatchObject({ name: 'new' });
  takeUpdate();
  expect(reload).toHaveBeenCalledOnce();
});

it('the first worker ever is nothing new', async () => {
  const workers = new Workers();
  workers.controller = null;
  const { update } = await open(workers);
  workers.take({ name: 'first' });
  expect(update.value).toBeUndefined();
});
