import { describe, expect, it } from 'vitest';
import { differentNames, maxMentions, namesIn } from './mentions.ts';

const names = (content: string): string[] => namesIn(content).map(({ name }) => name);

describe('names in a text', () => {
  it.each<[string, string[]]>([
    ['@alice', ['alice']],
    ['hi @alice, is @Bob.Stone-2 there?', ['alice', 'Bob.Stone-2']],
    ['(@alice) "@bob" *@carol* @dave’s', ['alice', 'bob', 'carol', 'dave']],
    ['@alice.', ['alice']],
    ['@alice... or @bob_ or @carl-', ['alice', 'bob', 'carl']],
    ['@alice\n@bob', ['alice', 'bob']],
    ['你好@alice请看', ['alice']],
    ['안녕 @alice에게', ['alice']],
    ['🎉@alice🎉', ['alice']],
    [`@${'a'.repeat(32)}`, ['a'.repeat(32)]],
    ['@alice@', []],
    ['mail@alice.example', []],
    ['first.last+tag@alice.example', []],
    ['müller@alice', []],
    ['под@alice', []],
    ['@alicé', []],
    ['@alice@example.org', []],
    ['https://example.org/@alice', []],
    ['https://example.org/?by=@alice', []],
    ['@@alice', []],
    ['@al @_bob @', []],
    [`@${'a'.repeat(33)}`, []],
    ['no name', []],
  ])('%s', (content, expected) => {
    expect(names(content)).toEqual(expected);
  });

  it('stand where they are said to', () => {
    const content = 'hi @alice, and @bob.';
    expect(namesIn(content).map(({ start, end }) => content.slice(start, end))).toEqual(['@alice', '@bob']);
  });

  it('are looked up once whatever the case, and not without bound', () => {
    expect(differentNames('@Bob @alice @bob')).toEqual(['bob', 'alice']);
    const many = Array.from({ length: 30 }, (_, index) => `@name${index}`);
    expect(differentNames(many.join(' '))).toEqual(many.slice(0, maxMentions).map((name) => name.slice(1)));
  });

  it('take no longer in a text made to be slow', () => {
    expect(names(`${'@'.repeat(16_000)}${'a.'.repeat(8_000)}`)).toEqual([]);
    expect(names('@a-'.repeat(10_000))).toEqual([]);
  });
});
