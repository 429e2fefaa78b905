import type { Call } from '@parley/client';
import type { Sticker } from '@parley/contract';

let known: Sticker[] | undefined;

export const knownStickers = (): Sticker[] | undefined => known;

/** Asked for once: the set comes with the server. */
export async function loadStickers(call: Call): Promise<Sticker[]> {
  known ??= (await call('stickers.list')).items;
  return known;
}
