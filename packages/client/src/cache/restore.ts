import { setParticipants } from '../store/chats.ts';
import { asSeen } from '../store/messages.ts';
import { type Change, chatTopic, type State, userTopic } from '../store/state.ts';
import { type CachedHistory, isBehind, type Kept } from './cache.ts';

/** Into an empty state: the person and the list of chats. */
export function restoreKept(state: State, { person, chats }: Kept): Change[] {
  state.me = person.me;
  state.settings = person.settings;
  state.positions.set(userTopic(person.me.id), person.position);
  for (const [messageId, deletedAt] of person.hidden) state.hidden.set(messageId, deletedAt);
  for (const { chatId, chat, position, participants } of chats) {
    state.chats.set(chatId, chat);
    state.positions.set(chatTopic(chatId), position);
    setParticipants(state, chatId, participants);
  }
  return [{ part: 'all' }];
}

/**
 * What was loaded of a chat. It may be older than the chat (two tabs keep what each of them has): the log is then continued from
 * where the older of the two stands, because events that a state contains already do not change it.
 */
export function restoreHistory(state: State, history: CachedHistory): Change[] {
  const { chatId, position, window } = history;
  const topic = chatTopic(chatId);
  const known = state.positions.get(topic);
  if (known?.epoch !== position.epoch || state.windows.has(chatId)) return [];
  if (isBehind(position, known)) state.positions.set(topic, position);
  state.windows.set(chatId, { ...window, items: window.items.map((message) => asSeen(state, message)) });
  if (history.hasAllMembers) state.fullMembers.add(chatId);
  if (history.receipts !== undefined) {
    state.receipts.set(chatId, new Map(history.receipts.map((receipt) => [receipt.userId, receipt])));
  }
  if (history.pins !== undefined)
    state.pins.set(
      chatId,
      history.pins.filter(({ id }) => !state.hidden.has(id)),
    );
  return [
    ...setParticipants(state, chatId, history.participants),
    { part: 'messages', chatId },
    { part: 'pins', chatId },
    { part: 'receipts', chatId },
  ];
}
