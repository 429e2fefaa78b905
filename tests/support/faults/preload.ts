import { registerHooks } from 'node:module';

/**
 * To be loaded before a server (`node --import`): its in-process bus becomes the one of faulty-bus.ts. Everything else is the
 * program as it is.
 */
const original = '/packages/realtime/src/bus/memory.ts';
const faulty = new URL('faulty-bus.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const isBus = resolved.url.endsWith(original) && context.parentURL !== faulty;
    return isBus ? { ...resolved, url: faulty } : resolved;
  },
});
