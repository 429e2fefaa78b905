import { afterEach, describe, expect, it } from 'vitest';
import type { Activity } from '../realtime/environment.ts';
import { removeChat } from '../store/chats.ts';
import { letGo } from '../store/letting-go.ts';
import { createState } from '../store/state.ts';
import { createStore } from '../store/store.ts';
import { buildMessage, buildState, position } from '../testing/build.ts';
import { until } from '../testing/until.ts';
import type { CacheBatch, CachedHistory } from './cache.ts';
import { captureChat } from './capture.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createMemoryCache } from './memory-cache.ts';
import { restoreHistory, restoreKept } from './restore.ts';

const keepers: Keeper[] = [];
afterEach(() => {
  for (const keeper of keepers.splice(0)) keeper.end('dropped');
});

const nothing: CacheBatch = { userId: 'me', chats: [], histories: [], gone: [], letGo: [] };

async function build({ delayMs = 10, refuse = false } = {}) {
  const store = createStore(() => 0);
  const { state } = store;
  Object.assign(state, { me: buildState().me, settings: buildState().settings });
  const given = buildState();
  for (const part of ['chats', 'windows', 'participants', 'positions'] as const) {
    for (const [key, value] of given[part]) (state[part] as Map<string, unknown>).set(key, value);
  }
  const memory = createMemoryCache();
  const batches: CacheBatch[] = [];
  const cache = {
    ...memory,
    write: async (batch: CacheBatch) => {
      if (refuse) throw new Error('the disk is full');
      batches.push(batch);
      return memory.write(batch);
    },
  };
  await cache.open('me');
  let isActive = true;
  let onActivity = (): void => undefined;
  const activity: Activity = {
    isActive: () => isActive,
    onChange: (listener) => {
      onActivity = listener;
      return () => undefined;
    },
  };
  const errors: unknown[] = [];
  const keeper = createKeeper({
    cache,
    store,
    userId: 'me',
    activity,
    noteOf: () => ({ openedAt: 7, asksReceipts: true }),
    delayMs,
    onFailed: (error) => errors.push(error),
  });
  keepers.push(keeper);
  const hide = (): void => {
    isActive = false;
    onActivity();
  };
  const receive = (sequence: number) =>
    store.apply({
      name: 'message.new',
      payload: { chatId: 'c1', message: buildMessage(sequence) },
      topic: 'chat:c1',
      position: position(sequence + 5),
    });
  return { store, state, cache, batches, keeper, hide, receive, errors };
}

async function reload(cache: ReturnType<typeof createMemoryCache>) {
  const state = createState();
  restoreKept(state, (await cache.open('me'))!);
  const histories: CachedHistory[] = [];
  for await (const some of cache.histories()) histories.push(...some);
  for (const history of histories) restoreHistory(state, history);
  return { state, histories };
}

describe('keeping', () => {
  it('gathers changes, and writes messages and position of a chat together', async () => {
    const { receive, batches, cache, state } = await build();
    for (let sequence = 6; sequence <= 200; sequence += 1) receive(sequence);
    await until(() => batches.length === 2);
    expect(batches[0]!.chats).toMatchObject([{ position: position(205), chat: { lastSequence: 200 } }]);
    expect(batches[0]!.histories).toMatchObject([
      { position: position(205), openedAt: 7, asksReceipts: true, window: { hasOlder: true } },
    ]);
    expect(batches[0]!.histories[0]!.window.items.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 60 }, (_, index) => 141 + index),
    );
    expect(batches[1]!.person!.position).toEqual(position(1));
    const { state: reloaded } = await reload(cache);
    expect(reloaded.chats).toEqual(state.chats);
    expect(reloaded.positions).toEqual(state.positions);
  });

  it('writes the person last, at the position that was known before', async () => {
    const { store, state, batches, keeper } = await build({ delayMs: 10_000 });
    for (let index = 0; index < 50; index += 1) {
      const chat = { ...state.chats.get('c1')!, id: `x${index}` };
      state.positions.set(`chat:x${index}`, position(1));
      state.chats.set(chat.id, chat);
    }
    store.update(() => [{ part: 'all' }]);
    const flushed = keeper.flush();
    await until(() => batches.length > 0);
    state.positions.set('user:me', position(99));
    await flushed;
    expect(batches.map(({ chats, person }) => [chats.length, person?.position.offset])).toEqual([
      [20, undefined],
      [20, undefined],
      [11, undefined],
      [0, 1],
    ]);
  });

  it('does not pass over what a chat that is kept further has yet to be told', async () => {
    const { state, receive, batches, keeper, cache, store } = await build();
    const further = captureChat(state, 'c1')!;
    await cache.write({ ...nothing, chats: [{ ...further, position: position(12) }] });
    store.apply({
      name: 'chat.read',
      payload: { chatId: 'c1', sequence: 5, readCount: 5 },
      topic: 'user:me',
      position: position(2),
    });
    await keeper.flush();
    expect(batches.some(({ person }) => person !== undefined)).toBe(false);
    receive(7);
    await keeper.flush();
    expect(batches.at(-1)!.person!.position).toEqual(position(2));
    expect((await reload(cache)).state.chats.get('c1')).toMatchObject({ readSequence: 5, lastSequence: 7 });
  });

  it('writes at once when the page is left', async () => {
    const { receive, batches, hide } = await build({ delayMs: 60_000 });
    receive(6);
    hide();
    await until(() => batches.length === 2);
  });

  it('forgets with the state: chats that are gone, messages that were let go', async () => {
    const { store, batches, keeper, cache } = await build();
    store.update(() => [{ part: 'all' }]);
    await keeper.flush();
    expect((await reload(cache)).histories).toHaveLength(1);
    store.update((state) => letGo(state, 'c1'));
    await keeper.flush();
    expect(batches.at(-1)!.letGo).toEqual(['c1']);
    store.update((state) => removeChat(state, 'c1'));
    await keeper.flush();
    expect((await reload(cache)).state.chats.size).toBe(0);
  });

  it('that fails is told once, and leaves nothing half', async () => {
    const { receive, errors, cache, keeper } = await build({ refuse: true });
    receive(6);
    await until(() => errors.length === 1);
    receive(7);
    await keeper.flush();
    expect(errors).toEqual([new Error('the disk is full')]);
    expect(await cache.open('me')).toBeUndefined();
  });
});

describe('restoring', () => {
  it('continues from the older of a chat and its messages', async () => {
    const { receive, keeper, cache, store } = await build();
    store.update(() => [{ part: 'all' }]);
    await keeper.flush();
    const [old] = (await reload(cache)).histories;
    receive(6);
    await keeper.flush();
    const state = createState();
    restoreKept(state, (await cache.open('me'))!);
    restoreHistory(state, old!);
    expect(state.chats.get('c1')!.lastSequence).toBe(6);
    expect(state.positions.get('chat:c1')).toEqual(position(10));
    const other = createState();
    restoreKept(other, (await cache.open('me'))!);
    expect(restoreHistory(other, { ...old!, position: position(10, 'e0') })).toEqual([]);
  });

  it('shows nothing that was deleted for oneself meanwhile', async () => {
    const { store, state, keeper, cache } = await build();
    store.update(() => [{ part: 'all' }]);
    state.hidden.set('m3', 'then');
    await keeper.flush();
    const { state: reloaded } = await reload(cache);
    expect(reloaded.windows.get('c1')!.items[2]).toMatchObject({ content: '', deletedAt: 'then' });
  });
});
