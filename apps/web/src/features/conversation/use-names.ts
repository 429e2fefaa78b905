import type { ChatState } from '@parley/client';
import type { Message, Participant } from '@parley/contract';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useParticipants, useWindow } from '../../realtime/views.ts';
import type { Mentioned } from '../mentions/mention-parts.ts';
import type { MessageEntry, PendingEntry } from './timeline.ts';
import { useServiceText } from './use-service-text.ts';

/** Who is who in a conversation, and what is said of them. */
export function useNames(chat: () => ChatState) {
  const { t } = useI18n();
  const loaded = useWindow(() => chat().id);
  const participantOf = useParticipants(() => chat().id);
  const serviceText = useServiceText(participantOf, () => chat().myParticipantId);
  /** Beside the bubbles, where more than two talk. */
  const hasAuthors = computed(() => chat().type === 'group');

  function nameOf(participantId: string | undefined): string | undefined {
    if (participantId === undefined) return undefined;
    if (participantId === chat().myParticipantId) return t('conversation.you');
    return participantOf.value(participantId)?.displayName;
  }

  /** Read out where it is only seen by the side and the colour of the bubble. */
  function speakerOf(entry: MessageEntry | PendingEntry): string | undefined {
    if (entry.kind === 'pending' || entry.isOwn) return t('conversation.you');
    return hasAuthors.value && entry.isFirst ? undefined : nameOf(entry.message.senderId);
  }

  const isAuthored = (entry: MessageEntry | PendingEntry): boolean =>
    hasAuthors.value && entry.kind === 'message' && !entry.isOwn;
  const authorOf = (entry: MessageEntry | PendingEntry): Participant | undefined =>
    entry.kind === 'message' && isAuthored(entry) ? participantOf.value(entry.message.senderId) : undefined;

  const quotedBy = ({ replyToMessageId }: { replyToMessageId?: string | undefined }): Message | undefined =>
    replyToMessageId === undefined ? undefined : loaded.value?.items.find(({ id }) => id === replyToMessageId);
  const quotedIn = (entry: MessageEntry | PendingEntry): Message | undefined =>
    entry.kind === 'pending' ? quotedBy(entry.item) : quotedBy({ replyToMessageId: entry.message.replyTo?.messageId });
  const quoteAuthorOf = (entry: MessageEntry | PendingEntry): string | undefined =>
    nameOf(entry.kind === 'message' ? entry.message.replyTo?.senderId : quotedIn(entry)?.senderId);

  function mentionedIn(entry: MessageEntry | PendingEntry): Mentioned[] | undefined {
    if (entry.kind === 'pending') return undefined;
    const { myParticipantId } = chat();
    return entry.message.mentions?.map((id) => ({ id, isMe: id === myParticipantId, person: participantOf.value(id) }));
  }

  return { nameOf, speakerOf, isAuthored, authorOf, quotedIn, quoteAuthorOf, mentionedIn, serviceText };
}
