import type { ChatGlimpse } from '@parley/contract';
import { useI18n } from 'vue-i18n';

/** What a chat is, and how many are in it. */
export function useKindLine() {
  const { t } = useI18n();
  return ({ type, memberCount }: Pick<ChatGlimpse, 'type' | 'memberCount'>): string => {
    const members = t('conversation.members', { count: memberCount }, memberCount);
    return type === 'direct' ? members : `${t(`create.${type}`)} · ${members}`;
  };
}
