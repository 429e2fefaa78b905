import { computed, ref, useId, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { type MentionQuery, queryAt, suggestionsOf } from './suggestions.ts';

/** Suggests members while a name is typed after an `@`: what the field does with its keys then, and what it is to be told. */
export function useMentioning(chatId: () => string) {
  const { state, track } = useParley();
  const id = useId();
  const query = ref<MentionQuery>();
  const index = ref(0);
  /** Where the `@` is that nobody is wanted for. */
  const dismissed = ref<number>();
  let area: HTMLTextAreaElement | undefined;

  const people = computed(() => {
    track('chat', chatId());
    const chat = state.chats.get(chatId());
    if (query.value === undefined || chat === undefined || chat.type === 'direct') return [];
    if (query.value.start === dismissed.value) return [];
    track('participants', chatId());
    const known = state.participants.get(chatId())?.values() ?? [];
    return suggestionsOf(known, query.value.text, chat.myParticipantId);
  });
  const isOpen = computed(() => people.value.length > 0);
  const attributes = computed(() => ({
    'aria-autocomplete': 'list',
    'aria-haspopup': 'listbox',
    ...(isOpen.value ? { 'aria-controls': id, 'aria-activedescendant': `${id}-${index.value}` } : {}),
  }));

  watch([() => query.value?.text, () => people.value.length], () => {
    index.value = 0;
  });

  function look({ target }: Event): void {
    if (!(target instanceof HTMLTextAreaElement)) return;
    area = target;
    const { value, selectionStart, selectionEnd } = target;
    query.value = selectionStart === selectionEnd ? queryAt(value, selectionStart) : undefined;
    if (query.value === undefined) dismissed.value = undefined;
  }

  /** In place of what was typed of it. The field hears of it as of any typing. */
  function choose(place: number): void {
    const username = people.value[place]?.username;
    if (area === undefined || query.value === undefined || username === undefined) return;
    const { start, end } = query.value;
    const space = /^\s/.test(area.value.slice(end)) ? '' : ' ';
    area.setRangeText(`@${username}${space}`, start, end, 'end');
    area.focus();
    area.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertReplacementText' }));
  }

  const move = (step: number): void => {
    index.value = (index.value + step + people.value.length) % people.value.length;
  };
  const pick = (): void => choose(index.value);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: pick,
    Tab: pick,
    Escape() {
      dismissed.value = query.value?.start;
    },
  };

  /** Before the field itself hears of the key. */
  function keydownCapture(event: KeyboardEvent): void {
    const { key, isComposing, shiftKey, ctrlKey, metaKey, altKey } = event;
    const act = isOpen.value && !isComposing && !(shiftKey || ctrlKey || metaKey || altKey) ? keys[key] : undefined;
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  const blur = (): void => {
    query.value = undefined;
  };

  return {
    id,
    people,
    index,
    isOpen,
    attributes,
    choose,
    listeners: { input: look, keyup: look, click: look, blur, keydownCapture },
  };
}
