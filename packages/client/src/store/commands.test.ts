import { describe, expect, it } from 'vitest';
import type { Command } from '../commands/command.ts';
import { buildMessage } from '../testing/build.ts';
import { allAsWanted, asWanted, putCommand, removeCommand } from './commands.ts';
import { putPending } from './pending.ts';
import { reducers } from './reducers.ts';
import { createState } from './state.ts';

const about = { chatId: 'c1', messageId: 'm2', queuedAt: '2026-05-20T12:00:00.000Z' };
const edit: Command = { ...about, key: 'e', kind: 'edit', content: 'better' };
const removal: Command = { ...about, key: 'r', kind: 'remove', forEveryone: true };
const items = [1, 2, 3].map((sequence) => buildMessage(sequence));
const reply = buildMessage(4, { replyTo: { messageId: 'm2', senderId: 'bob', excerpt: 'said', messageType: 'text' } });

describe('what waits for the server', () => {
  it('is shown as if it were done, also where it is quoted', () => {
    const [, edited, , quoting] = allAsWanted([...items, reply], [edit]);
    expect(edited).toMatchObject({ content: 'better', editedAt: about.queuedAt });
    expect(quoting!.replyTo!.excerpt).toBe('better');
    expect(allAsWanted([...items, reply], [edit, removal])[1]).toMatchObject({
      content: '',
      deletedAt: items[1]!.sentAt,
    });
  });

  it('are reactions, too, the last wish of each', () => {
    const react = (emoji: string, isWanted: boolean): Command => ({
      ...about,
      key: 'k',
      kind: 'react',
      emoji,
      isWanted,
    });
    const reactions = [{ emoji: '❤️', count: 2, me: true }];
    const message = buildMessage(2, { reactions });
    const after = (...commands: Command[]) => asWanted(message, commands).reactions;
    expect(after(react('👍', true))).toEqual([...reactions, { emoji: '👍', count: 1, me: true }]);
    expect(after(react('👍', true), react('\u2764', false))).toMatchObject([{ count: 1, me: false }, { emoji: '👍' }]);
    expect(after(react('👍', true), react('👍', false))).toEqual(reactions);
    expect(asWanted(message, [react('\u2764', true)])).toBe(message);
    expect(asWanted(reply, [react('👍', true)]), 'who quotes it').toBe(reply);
  });

  it('leaves everything else as it is', () => {
    expect(allAsWanted(items, [])).toBe(items);
    expect(allAsWanted(items, [{ ...edit, messageId: 'elsewhere' }])).toBe(items);
    expect(asWanted(items[0]!, [edit, removal])).toBe(items[0]);
    const gone = buildMessage(2, { content: '', deletedAt: items[1]!.sentAt });
    expect(asWanted(gone, [edit])).toBe(gone);
  });

  it('stands in the order of time, whichever was told first', () => {
    const state = createState();
    putCommand(state, edit);
    putCommand(state, { ...removal, queuedAt: '2026-05-20T11:00:00.000Z' });
    expect(state.commands.get('c1')!.map(({ key }) => key)).toEqual(['r', 'e']);
    for (const key of ['r', 'e']) removeCommand(state, { chatId: 'c1', key });
    expect(state.commands.size).toBe(0);
  });

  it('goes from a message on its way to the stored one without a moment in between', () => {
    const state = createState();
    state.chats.set('c1', { id: 'c1', lastSequence: 0, messageCount: 0, readSequence: 0, readCount: 0 } as never);
    putPending(state, {
      clientMessageId: 'key',
      chatId: 'c1',
      content: 'mistaek',
      edited: 'mistake',
      isTried: true,
      queuedAt: about.queuedAt,
      state: 'accepted',
    });
    expect(state.pending.get('c1')).toMatchObject([{ content: 'mistake' }]);
    const message = buildMessage(2, { content: 'mistaek', clientMessageId: 'key' });
    reducers['message.new'](state, { chatId: 'c1', message });
    expect(state.pending.size).toBe(0);
    expect(asWanted(message, state.commands.get('c1')!)).toMatchObject({ content: 'mistake' });
  });
});
