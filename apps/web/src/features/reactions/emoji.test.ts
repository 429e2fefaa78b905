import { describe, expect, it } from 'vitest';
import { emojiGroups, quickEmoji } from './emoji.ts';

/** What the server takes. */
const recommended = /^\p{RGI_Emoji}$/v;

describe('the emoji on offer', () => {
  it('are single emoji in the spelling the server keeps', () => {
    for (const emoji of [...quickEmoji, ...emojiGroups.flatMap((group) => group.emoji)])
      expect(emoji, emoji).toMatch(recommended);
  });

  it('come once in a group', () => {
    for (const { group, emoji } of emojiGroups) expect(new Set(emoji).size, group).toBe(emoji.length);
  });
});
