import { type HandlersOf, ok } from '../../http/handler.ts';
import { stickers } from './set.ts';

export function stickerRoutes(): HandlersOf<'stickers.list'> {
  return { 'stickers.list': () => ok({ items: [...stickers] }) };
}
