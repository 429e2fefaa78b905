import { describe, expect, it } from 'vitest';
import { markWords } from './mark-words.ts';

const marked = (content: string, query: string): string =>
  markWords(content, query)
    .map(({ text, isHit }) => (isHit ? `[${text}]` : text))
    .join('');

describe('what was searched for', () => {
  it.each([
    ['See you at the Station', 'station', 'See you at the [Station]'],
    ['one two one', 'one', '[one] two [one]'],
    ['a (b) c', '(b)', 'a [(b)] c'],
    ['no such thing', 'zebra', 'no such thing'],
    ['two\nlines here', 'lines', 'two [lines] here'],
    ['明日の会議', '会議', '明日の[会議]'],
    ['write an e-mail/fax', 'e-mail/fax', 'write an [e-mail/fax]'],
    ['what is [^a-z]\\?', '[^a-z]\\?', 'what is [[^a-z]\\?]'],
  ])('in “%s” by “%s” is set apart: %s', (content, query, pieces) => {
    expect(marked(content, query)).toBe(pieces);
  });

  it('is in sight, however long the message is', () => {
    const text = marked(`${'many words '.repeat(40)}needle ${'and more '.repeat(40)}`, 'needle');
    expect(text.startsWith('…')).toBe(true);
    expect(text).toContain('[needle]');
    expect(text.length).toBeLessThan(180);
  });

  it('is cut between characters, never within one', () => {
    const shown = marked(`x${'😀'.repeat(50)}noodl${'😀'.repeat(99)}`, 'noodl');
    expect(shown).toContain('[noodl]');
    expect(shown.isWellFormed()).toBe(true);
  });
});
