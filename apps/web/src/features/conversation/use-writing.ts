import type { Message } from '@parley/contract';
import { computed, ref, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { useDrafts } from './drafts.ts';
import type { Edited } from './edited.ts';
import { leftOf } from './text-length.ts';

interface Writing {
  readonly chatId: string;
  readonly replying: Message | undefined;
  readonly editing: Edited | undefined;
}

/** For so long after a key whoever has the focus is still typing. */
const typingMs = 10_000;

/** What is being written: the draft of the chat, which other devices share, or the message that is edited. */
export function useWriting(props: Writing, hasFocus: () => boolean) {
  const { client } = useParley();
  const drafts = useDrafts();
  const text = ref(drafts.of(props.chatId).content);
  const isEmpty = computed(() => text.value.trim() === '');
  const left = computed(() => leftOf(text.value));
  /** When a key was last pressed here. */
  let typedAt = 0;

  function typed(): void {
    if (props.editing !== undefined) return;
    typedAt = Date.now();
    drafts.set(props.chatId, text.value, props.replying?.id);
    client.typing(props.chatId, isEmpty.value ? 'stop' : 'start');
  }

  function written() {
    const replyToMessageId = props.replying?.id;
    return { content: text.value.trim(), ...(replyToMessageId === undefined ? {} : { replyToMessageId }) };
  }

  function clear(): void {
    drafts.set(props.chatId, '');
    client.typing(props.chatId, 'stop');
    text.value = '';
  }

  watch(
    () => props.editing,
    (editing) => {
      text.value = editing?.content ?? drafts.of(props.chatId).content;
    },
  );
  watch(
    () => props.replying,
    (replying) => {
      if (props.editing === undefined && !isEmpty.value) drafts.set(props.chatId, text.value, replying?.id);
    },
  );
  /** What was typed on another device appears, but never in the place of what is being typed here. */
  watch(
    () => drafts.of(props.chatId).content,
    (content) => {
      const isTyping = hasFocus() && Date.now() - typedAt < typingMs;
      if (props.editing === undefined && content !== text.value && !isTyping) text.value = content;
    },
  );

  return { text, isEmpty, left, typed, written, clear };
}
