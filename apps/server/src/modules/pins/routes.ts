import { type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Pins } from './service.ts';

export function pinRoutes(pins: Pins): HandlersOf<'pins.add' | 'pins.remove' | 'pins.list' | 'pins.latest'> {
  return {
    'pins.add': async ({ viewer, params }) => {
      await pins.pin(viewer.userId, params.chatId, params.messageId);
      return noContent();
    },
    'pins.remove': async ({ viewer, params }) => {
      await pins.unpin(viewer.userId, params.chatId, params.messageId);
      return noContent();
    },
    'pins.list': async ({ viewer, params }) => ok(await pins.list(viewer.userId, params.chatId)),
    'pins.latest': async ({ viewer, params }) => ok(await pins.latest(viewer.userId, params.chatId)),
  };
}
