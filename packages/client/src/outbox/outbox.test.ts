import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, networkError } from '../http/api-error.ts';
import { createMemoryStorage, type Storage } from '../storage/storage.ts';
import { until } from '../testing/until.ts';
import { editAfterwards } from './editing.ts';
import type { OutboxItem } from './item.ts';
import { createOutbox, type Outbox } from './outbox.ts';

const opened: Outbox[] = [];
afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.close();
});

type Judge = (item: OutboxItem, attempt: number) => Promise<void> | void;

/** A server that keeps what it accepts once for each key, as the real one does. */
function buildServer(judge: Judge = () => undefined) {
  const tries: OutboxItem[] = [];
  const stored: OutboxItem[] = [];
  const send = async (item: OutboxItem): Promise<{ id: string }> => {
    tries.push(item);
    await judge(item, tries.filter(({ clientMessageId }) => clientMessageId === item.clientMessageId).length);
    if (!stored.some(({ clientMessageId }) => clientMessageId === item.clientMessageId)) stored.push(item);
    return { id: `id-${item.content}` };
  };
  const confirm = (item: OutboxItem): Promise<boolean> => send(item).then(() => true);
  return { transport: { send, confirm }, tries, stored, contents: () => stored.map(({ content }) => content) };
}

function open(server: ReturnType<typeof buildServer>, storage: Storage = createMemoryStorage(), userId = 'u1') {
  const edits: unknown[] = [];
  const states = new Map<string, string>();
  const contents = new Map<string, string>();
  const outbox = createOutbox({
    storage,
    userId,
    transport: server.transport,
    onChange: ({ clientMessageId, content, state }) => {
      contents.set(clientMessageId, content);
      states.set(content, state);
    },
    onRemove: ({ clientMessageId }) => states.delete(contents.get(clientMessageId) ?? ''),
    onStored: async (item, id) => {
      edits.push(editAfterwards(item, id));
    },
    random: () => 0,
  });
  opened.push(outbox);
  return { outbox, storage, states, contents, edits };
}

const slowly = (run: number) => new Promise<void>((resolve) => setTimeout(resolve, (run * 7 + Math.random() * 10) % 5));

/** What takes its time, as a disk does. */
function buildSlowStorage(run: number): Storage {
  const memory = createMemoryStorage();
  const slow =
    <A extends unknown[], R>(act: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      await slowly(run);
      const done = await act(...given);
      await slowly(run);
      return done;
    };
  return {
    ...memory,
    get: slow(memory.get),
    set: slow(memory.set),
    delete: slow(memory.delete),
    list: slow(memory.list),
    update: slow(memory.update),
  };
}

describe('sending', () => {
  it('keeps the order of a chat: one at a time, each after the other was accepted', async () => {
    let under = 0;
    let most = 0;
    const server = buildServer(async ({ content }) => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, content === 'a' ? 20 : 1));
      under -= 1;
    });
    const { outbox } = open(server);
    await Promise.all(['a', 'b', 'c', 'd'].map((content) => outbox.send('c1', { content })));
    expect(server.contents()).toEqual(['a', 'b', 'c', 'd']);
    expect(most).toBe(1);
  });

  it('keeps it also when the clock is set back, and after a reload', async () => {
    let isCut = true;
    const server = buildServer(() => {
      if (isCut) throw networkError();
    });
    const storage = createMemoryStorage();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-01-02T12:00:00Z') });
    const before = open(server, storage);
    const say = (outbox: Outbox, content: string) => void outbox.send('c1', { content }).catch(() => undefined);
    say(before.outbox, '1');
    await until(() => server.tries.length > 0);
    vi.setSystemTime(Date.parse('2026-01-02T11:00:00Z'));
    say(before.outbox, '2');
    await until(() => before.states.has('2'));
    before.outbox.close();
    const after = open(server, storage);
    await after.outbox.open();
    say(after.outbox, '3');
    isCut = false;
    after.outbox.wake();
    await until(() => server.stored.length === 3);
    vi.useRealTimers();
    expect(server.contents()).toEqual(['1', '2', '3']);
  });

  it('lets another chat pass', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = buildServer(({ content }) => (content === 'slow' ? promise : undefined));
    const { outbox } = open(server);
    const slow = outbox.send('c1', { content: 'slow' });
    expect(await outbox.send('c2', { content: 'quick' })).toMatchObject({ id: 'id-quick' });
    resolve();
    await slow;
  });

  it.each([
    ['network', networkError()],
    ['unavailable', new ApiError('unavailable', '', { status: 503 })],
    ['overloaded', new ApiError('overloaded', '', { status: 429 })],
    ['rate_limited', new ApiError('rate_limited', '')],
    ['an expired token', new ApiError('invalid_token', '', { status: 401 })],
  ])('is repeated with the same key after: %s', async (_, error) => {
    const server = buildServer((_item, attempt) => {
      if (attempt < 3) throw error;
    });
    const { outbox } = open(server);
    const { clientMessageId } = await outbox.send('c1', { content: 'a' });
    expect(server.tries.map((item) => item.clientMessageId)).toEqual([
      clientMessageId,
      clientMessageId,
      clientMessageId,
    ]);
    expect(server.contents()).toEqual(['a']);
  });

  it('waits as long as it was told to', async () => {
    const server = buildServer((_item, attempt) => {
      if (attempt === 1) throw new ApiError('rate_limited', '', { retryAfter: 0.08 });
    });
    const { outbox } = open(server);
    const startedAt = Date.now();
    await outbox.send('c1', { content: 'a' });
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  it('waits no longer once the server is back', async () => {
    const server = buildServer((_item, attempt) => {
      if (attempt === 1) throw new ApiError('unavailable', '', { retryAfter: 600 });
    });
    const { outbox } = open(server);
    const sent = outbox.send('c1', { content: 'a' });
    await until(() => server.tries.length === 1);
    await until(() => {
      outbox.wake();
      return server.tries.length === 2;
    });
    expect(await sent).toMatchObject({ id: 'id-a' });
  });
});

describe('a refusal', () => {
  const picky = () =>
    buildServer(({ content }) => {
      if (content === 'bad') throw new ApiError('forbidden', 'no', { status: 403 });
    });

  it('fails the item, which stays, and lets the next ones pass', async () => {
    const server = picky();
    const { outbox, states } = open(server);
    const bad = outbox.send('c1', { content: 'bad' });
    const good = outbox.send('c1', { content: 'good' });
    await expect(bad).rejects.toMatchObject({ code: 'forbidden' });
    expect(await good).toMatchObject({ id: 'id-good' });
    expect([...states]).toEqual([
      ['bad', 'failed'],
      ['good', 'accepted'],
    ]);
  });

  it('is told where nothing can be kept, and nobody waits for it', async () => {
    const server = buildServer();
    const storage = createMemoryStorage();
    const { outbox, states } = open(server, { ...storage, set: () => Promise.reject(new Error('full')) });
    await expect(outbox.send('c1', { content: 'a' })).rejects.toThrow('full');
    // A waiter that nobody has would be an unhandled rejection now.
    outbox.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(states.size).toBe(0);
  });

  it('leaves it to the person to try again or to discard', async () => {
    let isOpen = false;
    const server = buildServer(() => {
      if (!isOpen) throw new ApiError('forbidden', 'no', { status: 403 });
    });
    const { outbox, states, storage } = open(server);
    for (const content of ['a', 'b']) await outbox.send('c1', { content }).catch(() => undefined);
    const [a, b] = server.tries.map(({ clientMessageId }) => clientMessageId);
    await outbox.discard(b!);
    isOpen = true;
    await outbox.retry(a!);
    await until(() => states.get('a') === 'accepted');
    expect(server.contents()).toEqual(['a']);
    expect(await storage.list('outbox/')).toHaveLength(1);
  });
});

describe('an item', () => {
  it('leaves when its message was seen', async () => {
    const { outbox, states, storage } = open(buildServer());
    const { clientMessageId, id } = await outbox.send('c1', { content: 'a' });
    expect(states.get('a')).toBe('accepted');
    await outbox.seen({ id, clientMessageId });
    expect([states.size, await storage.list('outbox/')]).toEqual([0, []]);
  });

  it('leaves also when its message is seen before the acknowledgement, or instead of it', async () => {
    const server = buildServer(() => {
      throw networkError();
    });
    const { outbox, states, storage } = open(server);
    const sent = outbox.send('c1', { content: 'a' });
    await until(() => server.tries.length > 0);
    await outbox.seen({ id: 'id-a', clientMessageId: server.tries[0]!.clientMessageId });
    expect(await sent).toMatchObject({ id: 'id-a' });
    expect([states.size, await storage.list('outbox/')]).toEqual([0, []]);
  });

  it('leaves also when both come together and the storage is slow', async () => {
    const memory = createMemoryStorage();
    const slowly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const storage: Storage = {
      ...memory,
      list: async (prefix) => memory.list(prefix).then((found) => slowly().then(() => found)),
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = buildServer(() => promise);
    const { outbox, states } = open(server, storage);
    const sent = outbox.send('c1', { content: 'a' });
    await until(() => server.tries.length > 0);
    resolve();
    await Promise.resolve();
    const seen = outbox.seen({ id: 'id-a', clientMessageId: server.tries[0]!.clientMessageId });
    await Promise.all([sent, seen]);
    await slowly();
    expect([states.size, await memory.list('outbox/')]).toEqual([0, []]);
  });

  it('that was accepted and then given up by the server is failed', async () => {
    const { outbox, states } = open(buildServer());
    const { clientMessageId } = await outbox.send('c1', { content: 'a' });
    await outbox.failed(clientMessageId, 'message_discarded');
    expect(states.get('a')).toBe('failed');
  });

  it('of a chat that is gone is gone', async () => {
    const server = buildServer(() => {
      throw networkError();
    });
    const { outbox, storage } = open(server);
    const sent = outbox.send('c1', { content: 'a' });
    const refused = expect(sent).rejects.toMatchObject({ code: 'gone' });
    await until(() => server.tries.length > 0);
    await outbox.discardChat('c1');
    await refused;
    expect(await storage.list('outbox/')).toEqual([]);
  });
});

describe('an edit on the way', () => {
  it('of what was never tried is all that is sent', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = buildServer(({ content }) => (content === 'first' ? promise : undefined));
    const { outbox, storage } = open(server);
    const sends = [outbox.send('c1', { content: 'first' }), outbox.send('c1', { content: 'mistaek' })];
    await expect.poll(() => storage.list('outbox/')).toHaveLength(2);
    const [, second] = await storage.list('outbox/');
    const { clientMessageId } = JSON.parse(second![1]) as OutboxItem;
    expect(await outbox.edit(clientMessageId, 'mistake')).toBe(true);
    resolve();
    await Promise.all(sends);
    expect(server.contents()).toEqual(['first', 'mistake']);
  });

  it('of what the server may have follows once it is stored, also after a reload', async () => {
    const storage = createMemoryStorage();
    const down = buildServer(() => {
      throw networkError();
    });
    const before = open(down, storage);
    before.outbox.send('c1', { content: 'mistaek' }).catch(() => undefined);
    await until(() => down.tries.length > 0);
    const { clientMessageId } = down.tries[0]!;
    await before.outbox.edit(clientMessageId, 'mistake');
    before.outbox.close();
    const server = buildServer();
    const after = open(server, storage);
    await after.outbox.open();
    await until(() => server.stored.length === 1);
    expect(server.contents()).toEqual(['mistaek']);
    await after.outbox.seen({ id: 'm1', clientMessageId });
    expect(after.edits).toMatchObject([{ kind: 'edit', messageId: 'm1', content: 'mistake' }]);
    expect(await after.outbox.edit(clientMessageId, 'too late')).toBe(false);
  });

  it('of what was refused is sent in its place', async () => {
    const server = buildServer(({ content }) => {
      if (content === 'bad') throw new ApiError('forbidden', 'no', { status: 403 });
    });
    const { outbox, states } = open(server);
    await outbox.send('c1', { content: 'bad' }).catch(() => undefined);
    await outbox.edit(server.tries[0]!.clientMessageId, 'good');
    await until(() => states.get('good') === 'accepted');
    expect(server.contents()).toEqual(['good']);
  });

  it('is not lost while another tab sends it, whenever it comes', async () => {
    for (let run = 0; run < 60; run += 1) {
      const storage = buildSlowStorage(run);
      const server = buildServer(() => slowly(run));
      const [one, other] = [open(server, storage), open(server, storage)];
      const sent = one.outbox.send('c1', { content: 'mistaek' });
      await until(() => other.contents.size === 1);
      const [clientMessageId] = other.contents.keys();
      const isHere = await other.outbox.edit(clientMessageId!, 'mistake');
      const { id } = await sent;
      await Promise.all([one, other].map(({ outbox }) => outbox.seen({ id, clientMessageId: clientMessageId! })));
      const edits = [...one.edits, ...other.edits].filter((edit) => edit !== undefined);
      const last = edits.length > 0 ? 'mistake' : server.contents()[0];
      expect(isHere ? last : 'mistake', `run ${run}`).toBe('mistake');
    }
  });
});

describe('a reload', () => {
  it('loses nothing: what was queued is sent, in order and with its key', async () => {
    const storage = createMemoryStorage();
    const down = buildServer(() => {
      throw networkError();
    });
    const before = open(down, storage);
    const lost = ['a', 'b', 'c'].map((content) => before.outbox.send('c1', { content }).catch(() => undefined));
    await until(() => down.tries.length > 0);
    before.outbox.close();
    await Promise.all(lost);
    const server = buildServer();
    const after = open(server, storage);
    await after.outbox.open();
    await until(() => server.stored.length === 3);
    expect(server.contents()).toEqual(['a', 'b', 'c']);
    expect(server.stored[0]!.clientMessageId).toBe(down.tries[0]!.clientMessageId);
  });

  it('asks whether what was accepted is stored, and forgets it then', async () => {
    const storage = createMemoryStorage();
    const server = buildServer();
    const before = open(server, storage);
    await before.outbox.send('c1', { content: 'a' });
    before.outbox.close();
    const after = open(server, storage);
    await after.outbox.open();
    await until(() => after.states.size === 0);
    expect(server.contents()).toEqual(['a']);
    expect(await storage.list('outbox/')).toEqual([]);
  });

  it('by another person sends nothing of the first', async () => {
    const storage = createMemoryStorage();
    const down = buildServer(() => {
      throw networkError();
    });
    const before = open(down, storage);
    const lost = before.outbox.send('c1', { content: 'a' }).catch(() => undefined);
    await until(() => down.tries.length > 0);
    before.outbox.close();
    await lost;
    const server = buildServer();
    await open(server, storage, 'u2').outbox.open();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.tries).toEqual([]);
  });
});

describe('several tabs', () => {
  it('send one at a time, each item once', async () => {
    const storage = createMemoryStorage();
    let under = 0;
    let most = 0;
    const server = buildServer(async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 3));
      under -= 1;
    });
    const tabs = [open(server, storage), open(server, storage)];
    await Promise.all(Array.from({ length: 8 }, (_, n) => tabs[n % 2]!.outbox.send('c1', { content: `${n}` })));
    expect(most).toBe(1);
    expect(server.tries).toHaveLength(8);
  });

  it('each learn what became of their items, whoever sent them', async () => {
    const storage = createMemoryStorage();
    const server = buildServer(({ content }) => {
      if (content === 'bad') throw new ApiError('forbidden', 'no', { status: 403 });
    });
    const [tab, other] = [open(server, storage), open(server, storage)];
    const sends = [other.outbox.send('c1', { content: 'x' }), tab.outbox.send('c1', { content: 'bad' })];
    await Promise.allSettled(sends);
    expect(tab.states.get('bad')).toBe('failed');
    await expect(sends[1]).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('another tab', () => {
  it('shows what is on its way here, and forgets it when it arrived', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = buildServer(() => promise);
    const tab = open(server);
    const other = open(server, tab.storage);
    const sent = tab.outbox.send('c1', { content: 'a' });
    await until(() => other.states.get('a') === 'queued');
    resolve();
    const { id, clientMessageId } = await sent;
    await until(() => other.states.get('a') === 'accepted');
    await tab.outbox.seen({ id, clientMessageId });
    await until(() => other.states.size === 0);
    expect(server.tries).toHaveLength(1);
  });

  it('sends what this one left behind when it was closed', async () => {
    const server = buildServer(async () => {
      throw networkError();
    });
    const tab = open(server);
    const working = buildServer();
    const other = open(working, tab.storage);
    const sent = tab.outbox.send('c1', { content: 'a' });
    await until(() => other.states.get('a') === 'queued' && server.tries.length > 0);
    const left = expect(sent).rejects.toMatchObject({ code: 'network' });
    tab.outbox.close();
    await left;
    await until(() => other.states.get('a') === 'accepted');
    expect(working.contents()).toEqual(['a']);
  });

  it('of somebody else hears nothing', async () => {
    const server = buildServer();
    const tab = open(server);
    const other = open(server, tab.storage, 'u2');
    await tab.outbox.send('c1', { content: 'a' });
    await tab.outbox.send('c1', { content: 'b' });
    expect(other.states.size).toBe(0);
  });
});

describe('with files', () => {
  const file = {
    id: 'f1',
    name: 'a',
    mimeType: 'text/plain',
    size: 1,
    objectKey: 'a',
    url: '/a',
    status: 'ready',
  } as const;

  it('waits for them, and holds up nothing that was written after it', async () => {
    const server = buildServer();
    const { outbox } = open(server);
    outbox.send('c1', { content: 'file', uploadIds: ['u'] }).catch(() => undefined);
    await outbox.send('c1', { content: 'text' });
    expect(server.contents()).toEqual(['text']);
    await outbox.open();
    await outbox.send('c1', { content: 'more' });
    expect(server.contents()).toEqual(['text', 'more']);
  });

  it('goes out with their ids once they are there, also after a reload', async () => {
    const server = buildServer();
    const storage = createMemoryStorage();
    const before = open(server, storage);
    const sent = before.outbox.send('c1', { content: 'file', uploadIds: ['u'] });
    sent.catch(() => undefined);
    await until(() => before.states.has('file'));
    before.outbox.close();
    const keys = await storage.list('outbox/');
    const { clientMessageId } = JSON.parse(keys[0]![1]) as OutboxItem;
    const after = open(server, storage);
    await after.outbox.open();
    await after.outbox.release(clientMessageId, [file]);
    await until(() => server.stored.length === 1);
    expect(server.stored[0]?.fileIds).toEqual(['f1']);
  });

  it('is looked at anew when it is tried again', async () => {
    const server = buildServer(() => {
      throw new ApiError('file_not_found', '', { status: 404 });
    });
    const storage = createMemoryStorage();
    const { outbox, states } = open(server, storage);
    const sending = outbox.send('c1', { content: 'file', uploadIds: ['u'] });
    await until(() => states.has('file'));
    const [[, kept] = ['', '']] = await storage.list('outbox/');
    const { clientMessageId } = JSON.parse(kept) as OutboxItem;
    await outbox.release(clientMessageId, [file]);
    await expect(sending).rejects.toMatchObject({ code: 'file_not_found' });
    await outbox.retry(clientMessageId);
    const [[, again] = ['', '']] = await storage.list('outbox/');
    expect(JSON.parse(again)).toMatchObject({ state: 'queued', uploadIds: ['u'] });
    expect((JSON.parse(again) as OutboxItem).fileIds).toBeUndefined();
  });
});
