import { useI18n } from 'vue-i18n';
import { useStickerName } from '../stickers/use-sticker-name.ts';
import { type Carrier, whatItIs } from './what-it-is.ts';

/** A message in one line: its text, or else what it carries. */
export function useMessageText(): (message: Carrier & { content: string }) => string {
  const { t } = useI18n();
  const nameOf = useStickerName();
  return (message) => {
    if (message.content !== '') return message.content;
    const what = whatItIs(message);
    if (what === undefined) return '';
    const kind = t(`files.kinds.${what.kind}`, { count: what.count }, what.count);
    if (message.sticker !== undefined) return `${kind}: ${nameOf(message.sticker)}`;
    return what.name ?? kind;
  };
}
