import { onBeforeUnmount } from 'vue';
import { isTyping, keysOf } from '../../platform/shortcuts.ts';

const elsewhere = 'dialog[open], [role="menu"]';

/** A character (a space presses buttons), or a paste. */
const isWritten = (keys: string): boolean => /^\S$/u.test(keys) || keys === 'mod+v';

/** What is typed while no field has the focus is meant for the message: the field gets the focus before the key does its work. */
export function useAnyTyping(focus: () => unknown): void {
  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || isTyping(event) || !isWritten(keysOf(event))) return;
    if (document.querySelector(elsewhere) === null) focus();
  }

  addEventListener('keydown', onKey);
  onBeforeUnmount(() => removeEventListener('keydown', onKey));
}
