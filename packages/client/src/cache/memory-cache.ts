import {
  type Cache,
  type CacheBatch,
  type CachedChat,
  type CachedHistory,
  type CachedPerson,
  isBehind,
  keptHistories,
  NotOwner,
} from './cache.ts';

/** Lives as long as the object: for programs that start and stop a client, and for tests. */
export function createMemoryCache(): Cache {
  let owner: string | undefined;
  let person: CachedPerson | undefined;
  const chats = new Map<string, CachedChat>();
  const histories = new Map<string, CachedHistory>();

  const clear = (): void => {
    owner = undefined;
    person = undefined;
    chats.clear();
    histories.clear();
  };

  const writeChats = (batch: CacheBatch): string[] => {
    const late = batch.chats.filter(({ chatId, position }) => isBehind(position, chats.get(chatId)?.position));
    const skipped = new Set(late.map(({ chatId }) => chatId));
    for (const chat of batch.chats) if (!skipped.has(chat.chatId)) chats.set(chat.chatId, chat);
    for (const history of batch.histories) if (!skipped.has(history.chatId)) histories.set(history.chatId, history);
    return [...skipped];
  };

  return {
    async open(userId) {
      if (owner !== userId) clear();
      owner = userId;
      return person === undefined ? undefined : { person, chats: [...chats.values()] };
    },
    async *histories() {
      const recent = [...histories.values()].sort((a, b) => b.openedAt - a.openedAt);
      for (const { chatId } of recent.splice(keptHistories)) histories.delete(chatId);
      yield recent;
    },
    async write(batch) {
      if (owner !== batch.userId) throw new NotOwner();
      const skipped = writeChats(batch);
      for (const chatId of batch.gone) chats.delete(chatId);
      for (const chatId of [...batch.gone, ...batch.letGo]) histories.delete(chatId);
      if (batch.person !== undefined && !isBehind(batch.person.position, person?.position)) person = batch.person;
      return skipped;
    },
    async wipe(userId) {
      if (owner === userId) clear();
    },
  };
}
