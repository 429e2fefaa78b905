import { describe, expect, it, vi } from 'vitest';
import { isBigEmoji, textParts } from './text-parts.ts';

const links = (content: string): string[] =>
  textParts(content).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

describe('links in a text', () => {
  it.each([
    ['see https://example.org/a?b=c#d now', ['https://example.org/a?b=c#d']],
    ['www.example.org.', ['https://www.example.org/']],
    ['(https://example.org/a)', ['https://example.org/a']],
    ['https://example.org/a_(b)', ['https://example.org/a_(b)']],
    ['https://example.org/a_(b).', ['https://example.org/a_(b)']],
    ['“https://example.org”, he said', ['https://example.org/']],
    ['https://münchen.example/straße', ['https://xn--mnchen-3ya.example/stra%C3%9Fe']],
    ['HTTPS://EXAMPLE.ORG!', ['https://example.org/']],
    ['a https://one.example b https://two.example', ['https://one.example/', 'https://two.example/']],
  ])('%s', (content, expected) => {
    expect(links(content)).toEqual(expected);
  });

  it('also in browsers that cannot parse without throwing', () => {
    vi.stubGlobal(
      'URL',
      class extends URL {
        static override parse = undefined as never;
      },
    );
    expect(links('https://example.org and http://')).toEqual(['https://example.org/']);
    vi.unstubAllGlobals();
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'http://', 'https://nothing', 'mail@example.org', 'a.b'])(
    'not in %s',
    (content) => {
      expect(links(content)).toEqual([]);
    },
  );

  it('and the rest make up the whole text', () => {
    const content = 'a https://one.example/x), b www.two.example… <b>c</b>';
    expect(
      textParts(content)
        .map(({ text }) => text)
        .join(''),
    ).toBe(content);
  });

  it('take no longer for a text made to be slow', () => {
    expect(textParts(`https://a.example/${')'.repeat(8_000)}`).length).toBeGreaterThan(0);
  });
});

describe('big emoji', () => {
  it.each(['👍', '👨‍👩‍👧‍👦', '🇩🇪 🇮🇹', '❤️🔥✨'])('%s', (content) => expect(isBigEmoji(content)).toBe(true));
  it.each(['', ' ', '👍 ok', '1', '😀😀😀😀', '#'])('not “%s”', (content) => expect(isBigEmoji(content)).toBe(false));
});
