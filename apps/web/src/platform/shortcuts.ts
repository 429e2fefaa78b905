import { onBeforeUnmount } from 'vue';

const isApple = (): boolean => /Mac|iP/.test(navigator.platform);

const modifiersOf = ({ ctrlKey, metaKey, altKey }: KeyboardEvent, apple: boolean): string => {
  const [mod, other] = apple ? [metaKey, ctrlKey] : [ctrlKey, metaKey];
  return `${other ? 'other+' : ''}${mod ? 'mod+' : ''}${altKey ? 'alt+' : ''}`;
};

/** The way a key stroke is written in a table: `mod+k`, `alt+arrowup`, `?`. `mod` is Command on Apple's machines and Ctrl elsewhere. */
export const keysOf = (event: KeyboardEvent, apple = isApple()): string =>
  `${modifiersOf(event, apple)}${event.key.toLowerCase()}`;

export const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;

/** What types nothing, wherever the focus is. */
const isCommand = (keys: string): boolean => keys.length > 1;

/** Keys that work wherever the focus is. Those without a modifier leave fields alone, and nothing reaches behind a dialog or a menu. */
export function useShortcuts(handlers: Readonly<Record<string, () => void>>): void {
  function onKey(event: KeyboardEvent): void {
    const keys = keysOf(event);
    const handler = Object.hasOwn(handlers, keys) ? handlers[keys] : undefined;
    if (handler === undefined || event.isComposing) return;
    if (isTyping(event) && !isCommand(keys)) return;
    if (document.querySelector('dialog[open], [role="menu"]') !== null) return;
    event.preventDefault();
    event.stopPropagation();
    handler();
  }

  // Before anybody else: Alt and an arrow are not an arrow.
  addEventListener('keydown', onKey, { capture: true });
  onBeforeUnmount(() => removeEventListener('keydown', onKey, { capture: true }));
}

/** What is written on keys that are called otherwise in other languages. */
export interface KeyWords {
  ctrl: string;
  shift: string;
}

/** As it is written on the keys of this machine. */
export function keyLabels(keys: string, { ctrl, shift }: KeyWords, apple = isApple()): string[] {
  const names: Readonly<Record<string, string>> = {
    mod: apple ? '⌘' : ctrl,
    alt: apple ? '⌥' : 'Alt',
    shift: apple ? '⇧' : shift,
    arrowup: '↑',
    arrowdown: '↓',
    escape: 'Esc',
    enter: apple ? '↩' : 'Enter',
    tab: 'Tab',
    space: 'Space',
    end: 'End',
  };
  return keys.split('+').map((key) => names[key] ?? key.toUpperCase());
}
