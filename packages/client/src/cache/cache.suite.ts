import { describe, expect, it } from 'vitest';
import { buildMe, buildMessage, buildParticipant, buildSettings, buildState, position } from '../testing/build.ts';
import type { Cache, CacheBatch, CachedHistory } from './cache.ts';
import { captureChat } from './capture.ts';

const person = (offset: number) => ({
  me: buildMe(),
  settings: buildSettings(),
  position: position(offset),
  hidden: [],
});

const chat = (chatId: string, offset: number, title = 'Group') => {
  const captured = captureChat(buildState(), 'c1')!;
  return { ...captured, chatId, chat: { ...captured.chat, id: chatId, title }, position: position(offset) };
};

const history = (chatId: string, offset: number, openedAt = 1): CachedHistory => ({
  chatId,
  position: position(offset),
  window: { items: [buildMessage(1, { chatId })], hasOlder: false, hasNewer: false },
  participants: [buildParticipant('bob')],
  hasAllMembers: false,
  asksReceipts: false,
  openedAt,
});

const batch = (change: Partial<CacheBatch>): CacheBatch => ({
  userId: 'me',
  chats: [],
  histories: [],
  gone: [],
  letGo: [],
  ...change,
});

async function historiesOf(cache: Cache): Promise<CachedHistory[]> {
  const all: CachedHistory[] = [];
  for await (const some of cache.histories()) all.push(...some);
  return all;
}

/** What every cache does. `open` gives the same data each time, as another tab sees it. */
export function describeCache(name: string, start: () => () => Cache): void {
  describe(`cache: ${name}`, () => {
    it('keeps a person, chats and histories for the next run', async () => {
      const open = start();
      const cache = open();
      expect(await cache.open('me')).toBeUndefined();
      const written = { chats: [chat('c1', 10), chat('c2', 5)], histories: [history('c1', 10)], person: person(3) };
      await cache.write(batch(written));
      const next = open();
      expect(await next.open('me')).toEqual({ person: written.person, chats: written.chats });
      expect(await historiesOf(next)).toEqual(written.histories);
    });

    it('gives nothing of one person to another, and nothing back', async () => {
      const open = start();
      const cache = open();
      await cache.open('me');
      await cache.write(batch({ chats: [chat('c1', 10)], histories: [history('c1', 10)], person: person(3) }));
      const other = open();
      expect(await other.open('eve')).toBeUndefined();
      expect(await historiesOf(other)).toEqual([]);
      await expect(cache.write(batch({ person: person(4) }))).rejects.toThrow('somebody else');
      await cache.wipe('me');
      await other.write({ ...batch({ person: person(5) }), userId: 'eve' });
      expect(await open().open('me')).toBeUndefined();
    });

    it('never goes back: of two tabs the one that is further counts, chat by chat', async () => {
      const open = start();
      const [tab, late] = [open(), open()];
      await tab.open('me');
      await late.open('me');
      await tab.write(batch({ chats: [chat('c1', 12, 'new')], histories: [history('c1', 12)], person: person(7) }));
      const behind = [chat('c1', 11, 'old'), chat('c2', 4)];
      await late.write(batch({ chats: behind, histories: [history('c1', 11)], person: person(6) }));
      const kept = await open().open('me');
      expect(kept!.chats.map(({ chatId, position: at, chat: { title } }) => [chatId, at.offset, title])).toEqual([
        ['c1', 12, 'new'],
        ['c2', 4, 'Group'],
      ]);
      expect(kept!.person.position).toEqual(position(7));
      expect((await historiesOf(tab)).map(({ position: at }) => at.offset)).toEqual([12]);
      const restored = { ...chat('c1', 1, 'restored'), position: position(1, 'e2') };
      await late.write(batch({ chats: [restored] }));
      expect((await open().open('me'))!.chats[0]).toEqual(restored);
    });

    it('forgets chats that are gone, and messages that were let go', async () => {
      const open = start();
      const cache = open();
      await cache.open('me');
      const chats = ['c1', 'c2', 'c3'].map((id) => chat(id, 1));
      await cache.write(batch({ chats, histories: chats.map(({ chatId }) => history(chatId, 1)), person: person(1) }));
      await cache.write(batch({ gone: ['c1'], letGo: ['c2'] }));
      expect((await open().open('me'))!.chats.map(({ chatId }) => chatId)).toEqual(['c2', 'c3']);
      expect((await historiesOf(cache)).map(({ chatId }) => chatId)).toEqual(['c3']);
    });

    it('keeps the histories of 200 chats, the last opened first', async () => {
      const cache = start()();
      await cache.open('me');
      const ids = Array.from({ length: 230 }, (_, index) => `c${index}`);
      const histories = ids.map((id, index) => history(id, 1, index));
      await cache.write(batch({ chats: ids.map((id) => chat(id, 1)), histories }));
      const found = (await historiesOf(cache)).map(({ chatId }) => chatId);
      expect(found).toEqual(ids.slice(30).reverse());
      expect(await historiesOf(cache)).toHaveLength(200);
    });

    it('is empty after a wipe', async () => {
      const open = start();
      const cache = open();
      await cache.open('me');
      await cache.write(batch({ chats: [chat('c1', 1)], histories: [history('c1', 1)], person: person(1) }));
      await cache.wipe('me');
      expect(await open().open('me')).toBeUndefined();
      expect(await historiesOf(cache)).toEqual([]);
    });
  });
}
