import type { Participant } from '@parley/contract';
import { computed, ref, useId, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { useMembersByName } from '../members/use-members-by-name.ts';
import { type MentionQuery, queryAt, suggestionsOf } from './suggestions.ts';

const asked = 20;

/** Suggests members while a name is typed after an `@`: what the field does with its keys then, and what it is to be told. */
export function useMentioning(chatId: () => string) {
  const { state, track } = useParley();
  const id = useId();
  const query = ref<MentionQuery>();
  const index = ref(0);
  /** Where the `@` is that nobody is wanted for. */
  const dismissed = ref<number>();
  let area: HTMLTextAreaElement | undefined;

  const chat = computed(() => {
    track('chat', chatId());
    return state.chats.get(chatId());
  });
  const wanted = computed(() => {
    if (query.value === undefined || chat.value === undefined || chat.value.type === 'direct') return undefined;
    return query.value.start === dismissed.value ? undefined : query.value.text;
  });
  const { people: named } = useMembersByName(chatId, () => wanted.value, asked);
  const people = computed(() => suggestionsOf(named.value, chat.value?.myParticipantId ?? ''));
  const isOpen = computed(() => people.value.length > 0);
  const attributes = computed(() => ({
    'aria-autocomplete': 'list',
    ...(isOpen.value
      ? { 'aria-haspopup': 'listbox', 'aria-controls': id, 'aria-activedescendant': `${id}-${index.value}` }
      : {}),
  }));

  /** Whoever is chosen stays so when more are found. */
  watch([wanted, people], ([text, now], [textBefore, before]) => {
    const isChosen = ({ id: each }: Participant) => text === textBefore && each === before[index.value]?.id;
    index.value = Math.max(0, now.findIndex(isChosen));
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
