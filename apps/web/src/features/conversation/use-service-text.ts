import type { Participant, ServiceAction } from '@parley/contract';
import type { ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';

/** "Alice added Bob", by the names as they are now. */
export function useServiceText(
  participantOf: ComputedRef<(id: string) => Participant | undefined>,
  myParticipantId: () => string | undefined,
) {
  const { t } = useI18n();
  const nameOf = (id: string | undefined): string => {
    if (id !== undefined && id === myParticipantId()) return t('conversation.you');
    return (id && participantOf.value(id)?.displayName) || t('conversation.someone');
  };
  return ({ action, actorId, targetId, value }: ServiceAction): string =>
    t(`conversation.service.${action}`, { actor: nameOf(actorId), target: nameOf(targetId), value: value ?? '' });
}
