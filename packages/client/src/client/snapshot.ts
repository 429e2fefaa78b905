import type { Chat, Me, Message, Participant, Position, UserSettings } from '@parley/contract';
import type { Call } from '../http/route-types.ts';
import { replaceChats, setParticipants } from '../store/chats.ts';
import { putPins } from '../store/pins.ts';
import { createState, type MessageWindow, type State, userTopic } from '../store/state.ts';
import { putReceipts } from '../store/windows.ts';

export interface Base {
  me: Me;
  settings: UserSettings;
  chats: Chat[];
  /** Of the person's own topic, read with or before all else of the list. */
  position: Position;
}

/** Oneself, settings and the whole list of chats. The list comes first: what changes after it is told by events. */
export async function loadBase(call: Call): Promise<Base> {
  const { chats, position } = await loadChats(call);
  const [me, settings] = await Promise.all([call('me.get'), call('settings.get')]);
  return { me, settings, chats, position };
}

/**
 * A chat that becomes the latest while the pages are read moves ahead of the cursor and is on none of them. So a list of more
 * than one page is read again from its start, until a page brings nothing new.
 */
async function loadChats(call: Call): Promise<Pick<Base, 'chats' | 'position'>> {
  const found = new Map<string, Chat>();
  let position: Position | undefined;
  const read = async (untilNothingNew: boolean): Promise<number> => {
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await call('chats.list', { query: { limit: 500, ...(cursor === undefined ? {} : { cursor }) } });
      position ??= page.position;
      const fresh = page.items.filter((chat) => !found.has(chat.id));
      for (const chat of fresh) found.set(chat.id, chat);
      if (untilNothingNew && fresh.length === 0) return pages;
      pages += 1;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return pages;
  };
  let isSettled = (await read(false)) <= 1;
  while (!isSettled) isSettled = (await read(true)) === 0;
  return { chats: [...found.values()], position: position! };
}

export async function loadMembers(call: Call, chatId: string): Promise<Participant[]> {
  const members: Participant[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) };
    const page = await call('members.list', { params: { chatId }, query });
    members.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return members;
}

/**
 * The same parts of the state that `like` has loaded, fresh from the server. With no change under way, a state that was kept up
 * by events must equal it.
 */
export async function loadSnapshot(call: Call, like: State): Promise<State> {
  const state = createState();
  const { me, settings, chats, position } = await loadBase(call);
  state.me = me;
  state.settings = settings;
  state.positions.set(userTopic(me.id), position);
  replaceChats(state, chats);
  for (const [chatId, window] of like.windows) await loadWindow(call, state, chatId, window);
  for (const chatId of like.fullMembers) {
    setParticipants(state, chatId, await loadMembers(call, chatId));
    state.fullMembers.add(chatId);
  }
  for (const chatId of like.pins.keys()) putPins(state, chatId, await call('pins.list', { params: { chatId } }));
  for (const chatId of like.receipts.keys()) {
    putReceipts(state, chatId, (await call('chats.receipts', { params: { chatId } })).items);
  }
  return state;
}

/** The same stretch of history: from its first message to the newest, or to its last where it does not reach that far. */
async function loadWindow(call: Call, state: State, chatId: string, like: MessageWindow): Promise<void> {
  const items: Message[] = [];
  const last = like.hasNewer ? like.items.at(-1)?.sequence : undefined;
  let after = (like.items[0]?.sequence ?? 1) - 1;
  let hasOlder: boolean | undefined;
  for (;;) {
    const page = await call('messages.page', { params: { chatId }, query: { limit: 100, after } });
    setParticipants(state, chatId, page.participants);
    hasOlder ??= page.hasOlder;
    items.push(...page.items.filter(({ sequence }) => last === undefined || sequence <= last));
    after = page.items.at(-1)?.sequence ?? after;
    if (page.items.length === 0 || !page.hasNewer || (last !== undefined && after >= last)) break;
  }
  state.windows.set(chatId, { items, hasOlder: hasOlder ?? false, hasNewer: like.hasNewer });
}
