import type { Chat, MessagePage, Participant } from '@parley/contract';
import { ApiError } from '../http/api-error.ts';
import type { Call } from '../http/route-types.ts';
import { putChat, putLast, removeChat, replaceChats, setChat, setParticipants } from '../store/chats.ts';
import { putMentions } from '../store/mentions.ts';
import { putPins } from '../store/pins.ts';
import { type Change, chatOfTopic, type State, userTopic } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { type PagePlace, putPage, putReceipts } from '../store/windows.ts';
import { type Base, loadBase, loadMembers } from './snapshot.ts';

/** Chats with more members are known by those who write. */
export const fullMembersUpTo = 200;
const pageSize = 50;

export interface Loading {
  /** Oneself, settings and all chats; from here the person's own log is continued. */
  base(): Promise<void>;
  /**
   * The same over a state that is continued: the person's log stays where it is, since it tells more than the list does, unless it
   * starts anew, too. Chats that are `isAnew` are taken as they are told. Resolves to all as they were told.
   */
  refresh(isAnew: (chat: Chat) => boolean, isOwnAnew: boolean): Promise<readonly Chat[]>;
  /** One chat that is not known yet. Whether there is one to see. */
  chat(chatId: string): Promise<boolean>;
  page(
    chatId: string,
    query: { before?: number; after?: number; around?: number },
    place: PagePlace,
  ): Promise<MessagePage>;
  members(chatId: string): Promise<void>;
  receipts(chatId: string): Promise<void>;
  pins(chatId: string): Promise<void>;
  /** Where one is mentioned in a chat that is known. */
  mentions(chatId: string): Promise<void>;
  /** The newest message that is left, of a chat of which it is not known. */
  lastMessage(chatId: string): Promise<void>;
  /** Topics whose log cannot be continued, or that are not known yet. */
  topics(topics: readonly string[]): Promise<void>;
}

/** Fetches parts of the state and merges them, so that events that come meanwhile are never undone. */
export function createLoading(call: Call, store: Store): Loading {
  const { state } = store;
  let asked = 0;
  /** By chat: which question the window answers. */
  const shown = new Map<string, number>();

  const take = (
    current: State,
    { me, settings, chats }: Base,
    isAnew?: (chat: Chat) => boolean,
    before?: ReadonlySet<string>,
  ): Change[] => {
    current.me = me;
    current.settings = settings;
    return [{ part: 'me' }, { part: 'settings' }, ...replaceChats(current, chats, isAnew, before)];
  };

  const base = async (): Promise<void> => {
    const loaded = await loadBase(call);
    store.update((current) => {
      const changes = take(current, loaded);
      current.positions.set(userTopic(loaded.me.id), loaded.position);
      return [...changes, { part: 'all' }];
    });
  };

  const refresh: Loading['refresh'] = async (isAnew, isOwnAnew) => {
    const before = new Set(state.chats.keys());
    const loaded = await loadBase(call);
    store.update((current) => {
      const changes = take(current, loaded, isAnew, before);
      if (isOwnAnew) current.positions.set(userTopic(loaded.me.id), loaded.position);
      return changes;
    });
    return loaded.chats;
  };

  const takeChat = async (chatId: string, put: (state: State, chat: Chat) => Change[]): Promise<boolean> => {
    try {
      await store.load(chatId, () => call('chats.get', { params: { chatId } }), put);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError && (error.status === 404 || error.status === 403))) throw error;
      store.update((current) => removeChat(current, chatId));
      return false;
    }
  };

  /** A page in the place of another is not put back by the answer to an earlier question. */
  const page: Loading['page'] = (chatId, query, place) => {
    asked += 1;
    const mine = asked;
    const put = (current: State, loaded: MessagePage): Change[] => {
      if (place === 'whole' && mine < (shown.get(chatId) ?? 0)) return [];
      if (place === 'whole') shown.set(chatId, mine);
      return putPage(current, chatId, loaded, place);
    };
    const get = () => call('messages.page', { params: { chatId }, query: { limit: pageSize, ...query } });
    return store.load(chatId, get, put);
  };

  const members = async (chatId: string): Promise<void> => {
    await store.load(
      chatId,
      () => loadMembers(call, chatId),
      (current, loaded) => replaceMembers(current, chatId, loaded),
    );
  };

  const receipts = async (chatId: string): Promise<void> => {
    await store.load(
      chatId,
      () => call('chats.receipts', { params: { chatId } }),
      (current, { items }) => putReceipts(current, chatId, items),
    );
  };

  const pins = async (chatId: string): Promise<void> => {
    await store.load(
      chatId,
      () => call('pins.list', { params: { chatId } }),
      (current, loaded) => putPins(current, chatId, loaded),
    );
  };

  const mentions = async (chatId: string): Promise<void> => {
    await store.load(chatId, () => call('chats.get', { params: { chatId } }), putMentions);
  };

  const lastMessage = async (chatId: string): Promise<void> => {
    await store.load(chatId, () => call('chats.get', { params: { chatId } }), putLast);
  };

  /** What was loaded of the chat, anew: the page where the reader was. */
  const chatAnew = async (chatId: string): Promise<void> => {
    if (!(await takeChat(chatId, setChat))) return;
    const window = state.windows.get(chatId);
    const middle = window?.items[window.items.length >> 1];
    const around = window?.hasNewer && middle !== undefined ? { around: middle.sequence } : {};
    await Promise.all([
      window === undefined ? undefined : page(chatId, around, 'whole'),
      state.fullMembers.has(chatId) ? members(chatId) : undefined,
      state.receipts.has(chatId) ? receipts(chatId) : undefined,
      state.pins.has(chatId) ? pins(chatId) : undefined,
    ]);
  };

  const topics = async (names: readonly string[]): Promise<void> => {
    if (names.some((topic) => topic.startsWith('user:'))) await base();
    for (const topic of names) {
      const chatId = chatOfTopic(topic);
      if (chatId !== undefined) await chatAnew(chatId);
    }
  };

  return {
    base,
    refresh,
    chat: (chatId) => takeChat(chatId, putChat),
    page,
    members,
    receipts,
    pins,
    mentions,
    lastMessage,
    topics,
  };
}

function replaceMembers(state: State, chatId: string, members: readonly Participant[]): Change[] {
  if (!state.chats.has(chatId)) return [];
  const present = new Set(members.map(({ id }) => id));
  const former = [...(state.participants.get(chatId)?.values() ?? [])]
    .filter(({ id, isMember }) => isMember && !present.has(id))
    .map((participant) => ({ ...participant, isMember: false }));
  state.fullMembers.add(chatId);
  return setParticipants(state, chatId, [...former, ...members]);
}
