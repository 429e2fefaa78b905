import type { Participant } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { type Mentioned, mentionParts } from './mention-parts.ts';

const who = (id: string, username?: string): Mentioned => ({
  id,
  isMe: false,
  person: username === undefined ? undefined : ({ id, username } as Participant),
});
const shown = (content: string, ...mentioned: Mentioned[]): string[] =>
  mentionParts(content, mentioned).map((part) => (part.kind === 'mention' ? `${part.text}=${part.who.id}` : part.text));

describe('mentions in a text', () => {
  it.each<[string, Mentioned[], string[]]>([
    ['hi @Bob, and @carl!', [who('b', 'bob'), who('c', 'Carl')], ['hi ', '@Bob=b', ', and ', '@carl=c', '!']],
    ['@bob @bob', [who('b', 'bob')], ['@bob=b', ' ', '@bob=b']],
    ['@bob and @nobody', [who('b', 'bob')], ['@bob=b', ' and @nobody']],
    ['mail@bob.example', [who('b', 'bob')], ['mail@bob.example']],
    ['@bob', [], ['@bob']],
    ['see https://example.org/@bob @bob', [who('b', 'bob')], ['see ', 'https://example.org/@bob', ' ', '@bob=b']],
  ])('%s', (content, mentioned, expected) => {
    expect(shown(content, ...mentioned)).toEqual(expected);
  });

  it('are known by their order when somebody is called otherwise by now', () => {
    const renamed = [who('b', 'robert'), who('c', 'carl'), who('d')];
    expect(shown('@bob, @carl, @dan', ...renamed)).toEqual(['@bob=b', ', ', '@carl=c', ', ', '@dan=d']);
  });

  it('are words where it cannot be told whose they are', () => {
    expect(shown('@bob @nobody', who('b', 'robert'))).toEqual(['@bob @nobody']);
  });
});
