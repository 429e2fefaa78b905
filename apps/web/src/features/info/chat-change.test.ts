import type { ChatState } from '@parley/client';
import { PublicName } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { changeOf, problemsIn, publicNamePattern } from './chat-change.ts';

const chat = { title: 'Hikes', publicName: 'hikes' } as ChatState;
const values = { title: 'Hikes', description: '', publicName: 'hikes' };

describe('a change of a chat', () => {
  it('holds what is new, and nothing else', () => {
    expect(changeOf(chat, values)).toBeUndefined();
    expect(changeOf(chat, { ...values, title: ' Walks ' })).toEqual({ title: 'Walks' });
    expect(changeOf(chat, { ...values, publicName: '' })).toEqual({ publicName: null });
    expect(changeOf(chat, { ...values, description: 'Every week' })).toEqual({ description: 'Every week' });
  });

  it('needs a title, and a public name that fits into an address', () => {
    expect(problemsIn(values)).toEqual({});
    expect(problemsIn({ ...values, title: ' ' })).toEqual({ title: 'create.nameMissing' });
    expect(problemsIn({ ...values, publicName: 'no spaces' })).toEqual({ publicName: 'info.publicNameHint' });
  });

  it.each(['abcd', 'a_1B', 'abc', '1abc', 'a'.repeat(32), 'a'.repeat(33), 'ab-cd'])(
    'judges “%s” as the server',
    (name) => {
      const { minLength, maxLength, pattern } = PublicName as unknown as {
        minLength: number;
        maxLength: number;
        pattern: string;
      };
      const isFine = name.length >= minLength && name.length <= maxLength && new RegExp(pattern).test(name);
      expect(publicNamePattern.test(name)).toBe(isFine);
    },
  );
});
