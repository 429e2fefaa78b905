import { describe, expect, it } from 'vitest';
import { keyLabels, keysOf } from './shortcuts.ts';

const stroke = (key: string, rest: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key, ctrlKey: false, metaKey: false, altKey: false, ...rest }) as KeyboardEvent;

describe('a key stroke', () => {
  it.each([
    [stroke('k', { ctrlKey: true }), false, 'mod+k'],
    [stroke('K', { metaKey: true }), true, 'mod+k'],
    [stroke('k', { ctrlKey: true }), true, 'other+k'],
    [stroke('ArrowUp', { altKey: true }), false, 'alt+arrowup'],
    [stroke('?', { shiftKey: true }), false, '?'],
  ])('is written the same on every machine', (event, apple, keys) => {
    expect(keysOf(event, apple)).toBe(keys);
  });

  it('is shown as it stands on the keys', () => {
    const words = { ctrl: 'Strg', shift: 'Umschalt' };
    expect(keyLabels('mod+k', words, false)).toEqual(['Strg', 'K']);
    expect(keyLabels('mod+k', words, true)).toEqual(['⌘', 'K']);
    expect(keyLabels('shift+f10', words, false)).toEqual(['Umschalt', 'F10']);
    expect(keyLabels('alt+arrowdown', words, false)).toEqual(['Alt', '↓']);
  });
});
