import { describe, expect, it } from 'vitest';
import { at, buildMessage, buildState, position } from '../testing/build.ts';
import { putPins } from './pins.ts';
import { reducers } from './reducers.ts';
import type { State } from './state.ts';

const build = (): State => {
  const state = buildState();
  putPins(state, 'c1', { items: [buildMessage(2)], participants: [], position: position(10) });
  return state;
};
const shown = (state: State) => state.pins.get('c1')!.map(({ sequence, content }) => `${sequence}: ${content}`);
const pin = (state: State, sequence: number, change = {}) => {
  const message = buildMessage(sequence, change);
  return reducers['message.pinned'](state, { chatId: 'c1', messageId: message.id, pinnedBy: 'bob', message });
};

describe('pins', () => {
  it('have the latest first, once, and nothing that only the sender is told', () => {
    const state = build();
    pin(state, 9, { clientMessageId: 'mine' });
    pin(state, 2);
    pin(state, 9);
    expect(shown(state)).toEqual(['9: text 9', '2: text 2']);
    expect(state.pins.get('c1')![0]).toEqual(buildMessage(9));
  });

  it('are kept only of chats that were opened', () => {
    const state = buildState();
    expect(pin(state, 2)).toEqual([]);
    expect(state.pins.size).toBe(0);
  });

  it('change with the message and go with it', () => {
    const state = build();
    const reply = { messageId: 'm2', senderId: 'bob', excerpt: 'text 2', messageType: 'text' } as const;
    pin(state, 4, { replyTo: reply });
    const message = buildMessage(2, { content: 'edited', editedAt: at(9) });
    reducers['message.updated'](state, { chatId: 'c1', message });
    expect(shown(state)).toEqual(['4: text 4', '2: edited']);
    expect(state.pins.get('c1')![0]!.replyTo?.excerpt).toBe('edited');
    reducers['message.deleted'](state, { chatId: 'c1', messageId: 'm2', forEveryone: true, deletedAt: at(9) });
    expect(shown(state)).toEqual(['4: text 4']);
    reducers['message.unpinned'](state, { chatId: 'c1', messageId: 'm4', unpinnedBy: 'bob' });
    expect(shown(state)).toEqual([]);
  });

  it('do not hold up what the viewer deleted for themself', () => {
    const state = build();
    const hide = (messageId: string) =>
      reducers['message.hidden'](state, { chatId: 'c1', messageId, forEveryone: false, deletedAt: at(9) });
    hide('m2');
    hide('m3');
    pin(state, 3);
    expect(shown(state)).toEqual([]);
  });
});
