import { createPinia } from 'pinia';
import { createRenderer } from 'vue';
import { createI18n } from 'vue-i18n';
import { en } from '../i18n/en.ts';
import { type Parley, parleyKey } from '../realtime/parley.ts';

/** A page in which nothing can be seen. */
const { createApp } = createRenderer<object, object>({
  insert: () => undefined,
  remove: () => undefined,
  patchProp: () => undefined,
  createElement: () => ({}),
  createText: () => ({}),
  createComment: () => ({}),
  setText: () => undefined,
  setElementText: () => undefined,
  parentNode: () => null,
  nextSibling: () => null,
});

/** Runs what a component would run, with as much of a connection as is given, until it is left. */
export function mount<T>(setup: () => T, parley: object): { result: T; leave(): void } {
  let result: T | undefined;
  const app = createApp({
    setup() {
      result = setup();
      return () => null;
    },
  });
  app.provide(parleyKey, parley as Parley);
  app.use(createPinia());
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en } }));
  app.mount({});
  return { result: result as T, leave: () => app.unmount() };
}
