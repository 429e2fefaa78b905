import type { EventPayload } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { at, buildMessage, buildState } from '../testing/build.ts';
import { beginToggle, endToggle, reactionsOn } from './reaction-reducers.ts';
import type { Reducer } from './reducer.ts';
import { reducers } from './reducers.ts';
import type { State } from './state.ts';

const place = { chatId: 'c1', messageId: 'm2' };
const kinds = (text: string) => [...text.split(' ')].filter(Boolean).map((kind) => kind.split(''));
/** 'a2 b1' are two of a and one of b. */
const counts = (text: string) => kinds(text).map(([emoji, count]) => ({ emoji: emoji!, count: Number(count) }));
const shown = (state: State): string =>
  reactionsOn(state, place)
    .map(({ emoji, count, me }) => `${emoji}${count}${me ? '!' : ''}`)
    .join(' ');

function tell(state: State, userId: string, emoji: string, action: 'added' | 'removed', after: string): string {
  const payload = { ...place, userId, emoji, action, counts: counts(after) } as EventPayload<'reaction.added'>;
  const reduce = reducers[`reaction.${action}`] as Reducer<'reaction.added'>;
  reduce(state, payload, { now: 0 });
  return shown(state);
}

describe('reactions', () => {
  it('are as told, with the viewer’s own', () => {
    const state = buildState();
    expect(tell(state, 'bob', 'a', 'added', 'a1')).toBe('a1');
    expect(tell(state, 'me', 'a', 'added', 'a2')).toBe('a2!');
    expect(tell(state, 'me', 'a', 'added', 'a2'), 'a second time').toBe('a2!');
    expect(tell(state, 'bob', 'b', 'added', 'a2 b1')).toBe('a2! b1');
    expect(tell(state, 'me', 'a', 'removed', 'a1 b1')).toBe('a1 b1');
    expect(tell(state, 'bob', 'a', 'removed', 'b1')).toBe('b1');
    expect(tell(state, 'bob', 'b', 'removed', '')).toBe('');
    expect(state.windows.get('c1')!.items[1]).toEqual(buildMessage(2));
  });

  it('stay under an edit, and go with the message', () => {
    const state = buildState();
    tell(state, 'me', 'a', 'added', 'a1');
    const message = buildMessage(2, { content: 'edited', editedAt: at(9) });
    reducers['message.updated'](state, { chatId: 'c1', message });
    expect(shown(state)).toBe('a1!');
    const gone = { ...place, forEveryone: true, deletedAt: at(9) } as const;
    reducers['message.deleted'](state, gone);
    expect(shown(state)).toBe('');
    expect(tell(state, 'bob', 'a', 'added', 'a1'), 'what is late is left').toBe('');
  });

  describe('of one’s own', () => {
    const begin = (state: State, emoji: string): string => {
      beginToggle(state, place, emoji);
      return shown(state);
    };
    const end = (state: State, hasFailed: boolean): string => {
      endToggle(state, place, hasFailed);
      return shown(state);
    };
    const reactions = (state: State) => state.windows.get('c1')!.items[1]!.reactions;

    it('show at once, and stay when the server agrees', () => {
      const state = buildState();
      tell(state, 'bob', 'a', 'added', 'a1');
      expect(begin(state, 'a')).toBe('a2!');
      expect(end(state, false)).toBe('a2!');
      expect(begin(state, 'b')).toBe('a2! b1!');
      expect(end(state, false)).toBe('a2! b1!');
      expect(begin(state, 'b')).toBe('a2!');
      expect(end(state, false)).toBe('a2!');
    });

    it('are undone when it does not, the last one too', () => {
      const state = buildState();
      tell(state, 'me', 'a', 'added', 'a1');
      expect(begin(state, 'a')).toBe('');
      expect(end(state, true)).toBe('a1!');
      expect(begin(state, 'b')).toBe('a1! b1!');
      expect(end(state, true)).toBe('a1!');
    });

    it('are as told when the answer was lost', () => {
      const state = buildState();
      begin(state, 'a');
      tell(state, 'me', 'a', 'added', 'a1');
      expect(end(state, true), 'it had agreed').toBe('a1!');
      begin(state, 'a');
      tell(state, 'me', 'a', 'removed', '');
      expect(end(state, true), 'and again').toBe('');
      expect(reactions(state)).toBeUndefined();
      begin(state, 'a');
      tell(state, 'eve', 'a', 'added', 'a2');
      expect(end(state, true), 'only others').toBe('a2');
    });

    it('leave alone what a page brought meanwhile', () => {
      const state = buildState();
      tell(state, 'me', 'a', 'added', 'a1');
      begin(state, 'a');
      const window = state.windows.get('c1')!;
      const loaded = buildMessage(2, { reactions: [{ emoji: 'b', count: 1, me: true }] });
      state.windows.set('c1', { ...window, items: window.items.with(1, loaded) });
      expect(end(state, true)).toBe('b1!');
      begin(state, 'b');
      state.windows.set('c1', { ...window, items: window.items.with(1, buildMessage(2)) });
      expect(end(state, true)).toBe('');
    });

    it('leave nothing behind on a message without any', () => {
      const state = buildState();
      begin(state, 'a');
      begin(state, 'a');
      end(state, false);
      expect(reactions(state)).toBeUndefined();
    });
  });
});
