import type { Sticker } from '@parley/contract';
import { useI18n } from 'vue-i18n';

/** What a sticker says, in the reader's language where that is known. */
export function useStickerName(): (sticker: Sticker) => string {
  const { t, te } = useI18n();
  return ({ id, label }) => (te(`stickers.names.${id}`) ? t(`stickers.names.${id}`) : label);
}
