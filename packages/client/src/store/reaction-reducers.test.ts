import type { EventPayload } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { at, buildMessage, buildState } from '../testing/build.ts';
import { beginReacting, endReacting, reactionReducers } from './reaction-reducers.ts';
import type { Reducer } from './reducer.ts';
import { reducers } from './reducers.ts';
import type { State } from './state.ts';

const place = { chatId: 'c1', messageId: 'm2' };
const kinds = (text: string) => [...text.split(' ')].filter(Boolean).map((kind) => kind.split(''));
/** 'a2 b1' are two of a and one of b. */
const counts = (text: string) => kinds(text).map(([emoji, count]) => ({ emoji: emoji!, count: Number(count) }));
const shown = (state: State): string =>
  (state.windows.get('c1')?.items.find(({ id }) => id === 'm2')?.reactions ?? [])
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
    const begin = (state: State, emoji: string): void => void beginReacting(state, place, emoji);
    const end = (state: State, emoji: string, isWanted = true): string => {
      endReacting(state, place, emoji, isWanted);
      return shown(state);
    };

    it('are there once the server agreed, and gone when it agreed to that', () => {
      const state = buildState();
      tell(state, 'bob', 'a', 'added', 'a1');
      begin(state, 'a');
      expect(end(state, 'a')).toBe('a2!');
      begin(state, 'b');
      expect(tell(state, 'eve', 'a', 'added', 'a3'), 'meanwhile').toBe('a3!');
      expect(end(state, 'b')).toBe('a3! b1!');
      begin(state, 'b');
      expect(end(state, 'b', false)).toBe('a3!');
      expect(tell(state, 'me', 'b', 'added', 'a3 b1'), 'told late').toBe('a3! b1!');
      expect(tell(state, 'me', 'b', 'removed', 'a3')).toBe('a3!');
    });

    it('are as told where that came before the answer, in any spelling', () => {
      const state = buildState();
      begin(state, '\u2764');
      const told = (action: 'added' | 'removed') => {
        const payload = { ...place, userId: 'me', emoji: '\u2764\uFE0F', action, counts: [] };
        reactionReducers[`reaction.${action}`](state, payload as never);
      };
      told('added');
      told('removed');
      expect(end(state, '\u2764'), 'taken back on another device').toBe('');
    });

    it('are as a page shows them that came before the answer', () => {
      const state = buildState();
      begin(state, 'a');
      const window = state.windows.get('c1')!;
      state.windows.set('c1', { ...window, items: window.items.with(1, buildMessage(2)) });
      expect(end(state, 'a')).toBe('');
      expect(state.asked.size).toBe(0);
    });

    it('leave nothing behind on a message without any', () => {
      const state = buildState();
      for (const isWanted of [true, false]) {
        begin(state, 'a');
        end(state, 'a', isWanted);
      }
      expect(state.windows.get('c1')!.items[1]).toEqual(buildMessage(2));
    });
  });
});
