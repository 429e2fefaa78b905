import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryExchange, type MemoryBus } from '../bus/memory.ts';
import { createMemoryLog, type MemoryLog } from '../testing/memory-log.ts';
import type { HubEvent, Position, Subscriber } from '../types.ts';
import { createHub, type Hub, type HubOptions } from './hub.ts';

interface Recorder extends Subscriber {
  readonly offsets: number[];
  readonly events: HubEvent[];
  readonly revocations: string[];
  readonly resyncs: string[];
}

const hubs: Hub[] = [];
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.close();
});

function setUp(options: Partial<HubOptions> = {}) {
  const exchange = createMemoryExchange();
  const log = options.log === undefined ? createMemoryLog() : (options.log as MemoryLog);
  const bus = exchange.connect();
  const hub = createHub({ bus, log, gapWaitMs: 10, sweepMs: 60_000, ...options });
  hubs.push(hub);
  return { exchange, log, bus, hub };
}

function recorder(userId?: string): Recorder {
  const events: HubEvent[] = [];
  const revocations: string[] = [];
  const resyncs: string[] = [];
  return {
    userId,
    events,
    revocations,
    resyncs,
    get offsets() {
      return events.map(({ offset }) => offset ?? -1);
    },
    deliver: (event) => events.push(event),
    revoked: (topic) => revocations.push(topic),
    resync: (topics) => resyncs.push(...topics),
  };
}

function say(log: MemoryLog, topic: string, more: Partial<HubEvent> = {}): HubEvent {
  return log.append({ topic, name: 'said', data: {}, ...more });
}

function pause(ms = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 5 }).toBe(true);
}

async function happen(name: string, hub: Hub, log: MemoryLog): Promise<void> {
  if (name === 'turn') await pause();
  else if (name === 'publish') hub.publish(say(log, 'a'));
  else if (name === 'lose') say(log, 'a');
  else for (const event of [say(log, 'a'), say(log, 'a')].reverse()) hub.publish(event);
}

describe('order', () => {
  it('delivers from the position of attachment on', async () => {
    const { hub, log } = setUp();
    const old = say(log, 'a');
    const subscriber = recorder();
    expect(await hub.subscribe(subscriber, 'a')).toEqual({ epoch: old.epoch, offset: 1 });
    hub.publish(say(log, 'a'));
    hub.publish(say(log, 'b'));
    expect(subscriber.offsets).toEqual([2]);
  });

  it('drops what it has and holds what comes early', async () => {
    const { hub, log } = setUp({ gapWaitMs: 5000 });
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    const [one, two, three] = [say(log, 'a'), say(log, 'a'), say(log, 'a')];
    for (const event of [one, three, one, two, three, two]) hub.publish(event);
    expect(subscriber.offsets).toEqual([1, 2, 3]);
    expect(hub.stats()).toMatchObject({ duplicates: 3, gaps: 1, pulls: 0 });
  });

  it('reads the log when a gap does not close', async () => {
    const { hub, log } = setUp();
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    say(log, 'a');
    say(log, 'a');
    log.forget('a', 2);
    hub.publish(say(log, 'a'));
    expect(subscriber.offsets).toEqual([]);
    await until(() => subscriber.offsets.length === 2);
    expect(subscriber.offsets).toEqual([1, 3]);
    hub.publish(say(log, 'a'));
    expect(subscriber.offsets).toEqual([1, 3, 4]);
  });

  it('keeps one order for all when a subscriber publishes while it is told', async () => {
    const { hub, log } = setUp();
    const second = recorder();
    const first: Subscriber = {
      userId: undefined,
      deliver: (event) => event.offset === 1 && hub.publish(say(log, 'a')),
    };
    await hub.subscribe(first, 'a');
    await hub.subscribe(second, 'a');
    hub.publish(say(log, 'a'));
    await until(() => second.events.length === 2);
    expect(second.offsets).toEqual([1, 2]);
  });

  it('does not let one failing subscriber keep events from others', async () => {
    const { hub, log } = setUp();
    const good = recorder();
    const bad: Subscriber = {
      userId: undefined,
      deliver() {
        throw new Error('broken');
      },
    };
    await hub.subscribe(bad, 'a');
    await hub.subscribe(good, 'a');
    hub.publish(say(log, 'a'));
    expect(good.offsets).toEqual([1]);
  });
});

describe('what the bus lost', () => {
  it('is found by comparing with the log', async () => {
    const { hub, log } = setUp({ sweepMs: 20, sweepMsBusAway: 20 });
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    say(log, 'a');
    say(log, 'a');
    await until(() => subscriber.offsets.length === 2);
    expect(subscriber.offsets).toEqual([1, 2]);
  });

  it('is delivered while the bus is away', async () => {
    const { hub, log, bus } = setUp({ sweepMsBusAway: 20 });
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    bus.setAway(true);
    hub.publish(say(log, 'a'));
    await until(() => subscriber.offsets.length === 1);
  });

  it('is pulled as soon as the bus is back', async () => {
    const { hub, log, bus } = setUp({ sweepMsBusAway: 60_000 });
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    bus.setAway(true);
    hub.publish(say(log, 'a'));
    await pause(20);
    expect(subscriber.offsets).toEqual([]);
    bus.setAway(false);
    await until(() => subscriber.offsets.length === 1);
  });

  it('costs no log read when the bus was only slower than the comparison', async () => {
    const { hub, log } = setUp({ gapWaitMs: 400, sweepMs: 10, sweepMsBusAway: 10 });
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    const late = say(log, 'a');
    await pause(40);
    hub.publish(late);
    await pause(450);
    expect(subscriber.offsets).toEqual([1]);
    expect(log.reads).toBe(0);
  });

  it('is no longer kept: subscribers are told to load a snapshot', async () => {
    const { hub, log } = setUp();
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    say(log, 'a');
    say(log, 'a');
    log.trim('a', 2);
    await hub.checkNow();
    expect(subscriber.resyncs).toEqual(['a']);
    hub.publish(say(log, 'a'));
    expect(subscriber.offsets).toEqual([3]);
  });
});

describe('a new epoch', () => {
  it('tells every subscriber to load a snapshot, and goes on', async () => {
    const { hub, log } = setUp();
    const subscriber = recorder();
    say(log, 'a');
    await hub.subscribe(subscriber, 'a');
    await hub.subscribe(subscriber, 'b');
    log.restart();
    hub.publish(say(log, 'a'));
    await until(() => subscriber.resyncs.length === 2);
    expect(subscriber.resyncs.sort()).toEqual(['a', 'b']);
    hub.publish(say(log, 'a'));
    expect(subscriber.offsets).toEqual([2]);
  });

  it('makes old positions worthless', async () => {
    const { hub, log } = setUp();
    const { epoch } = say(log, 'a');
    log.restart();
    say(log, 'a');
    const told: number[] = [];
    const outcome = await hub.catchUp(
      'a',
      { epoch: epoch as string, offset: 0 },
      (events) => {
        told.push(...events.map(({ offset }) => offset as number));
      },
      () => {},
    );
    expect([outcome, told]).toEqual(['resync', []]);
  });
});

describe('catching up', () => {
  it('says so when the client is ahead of the log', async () => {
    const { hub, log } = setUp();
    const { epoch } = say(log, 'a') as Required<HubEvent>;
    let position: Position | undefined;
    const outcome = await hub.catchUp(
      'a',
      { epoch, offset: 7 },
      () => {},
      (at) => {
        position = at;
      },
    );
    expect([outcome, position]).toEqual(['resync', { epoch, offset: 1 }]);
  });

  it('says so when the log no longer has it', async () => {
    const { hub, log } = setUp();
    const { epoch } = say(log, 'a') as Required<HubEvent>;
    say(log, 'a');
    log.trim('a', 1);
    expect(
      await hub.catchUp(
        'a',
        { epoch, offset: 0 },
        () => {},
        () => {},
      ),
    ).toBe('resync');
  });

  it('trusts a client that saw more than this instance', async () => {
    const { hub, log } = setUp();
    await hub.ensure(['a']);
    const { epoch } = say(log, 'a') as Required<HubEvent>;
    expect(
      await hub.catchUp(
        'a',
        { epoch, offset: 1 },
        () => {},
        () => {},
      ),
    ).toBe('caught_up');
  });

  it('leaves neither a gap nor a double, whatever is published meanwhile and however the bus behaves', async () => {
    const step = fc.constantFrom('publish', 'lose', 'swap', 'turn');
    const steps = fc.array(step, { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.nat(450), fc.nat(450), steps, async (before, since, story) => {
        const { hub, log } = setUp({ gapWaitMs: 1 });
        await hub.ensure(['a']);
        for (let count = 0; count <= before; count += 1) hub.publish(say(log, 'a'));
        const { epoch } = hub.position('a') as Position;
        const start = Math.min(since, before);
        const subscriber = recorder();
        const done = hub.resume(subscriber, 'a', { epoch, offset: start }, async (events) => {
          for (const event of events) subscriber.deliver(event);
          await pause();
        });
        for (const name of story) await happen(name, hub, log);
        expect((await done).outcome).toBe('caught_up');
        const last = say(log, 'a');
        hub.publish(last);
        await until(() => subscriber.offsets.at(-1) === last.offset);
        const expected = Array.from({ length: (last.offset as number) - start }, (_, index) => start + 1 + index);
        expect(subscriber.offsets).toEqual(expected);
        hub.close();
      }),
      { numRuns: 60 },
    );
  });

  it('ends for a subscriber that is revoked meanwhile', async () => {
    const { hub, log } = setUp();
    const { epoch } = say(log, 'a') as Required<HubEvent>;
    const subscriber = recorder('ann');
    await hub.subscribe(subscriber, 'a');
    const pages: number[] = [];
    const resumption = hub.resume(subscriber, 'a', { epoch, offset: 0 }, (events) => {
      pages.push(events.length);
      if (pages.length > 1) return;
      hub.publish(say(log, 'a', { revoke: ['ann'] }));
    });
    expect((await resumption).outcome).toBe('ended');
    hub.publish(say(log, 'a'));
    expect([subscriber.offsets, pages]).toEqual([[], [1]]);
  });

  it('is refused to those who may not subscribe', async () => {
    const { hub, log } = setUp();
    const { epoch } = say(log, 'a') as Required<HubEvent>;
    const subscriber = recorder('ann');
    const resumption = await hub.resume(
      subscriber,
      'a',
      { epoch, offset: 0 },
      () => {},
      async () => false,
    );
    expect(resumption.outcome).toBe('refused');
    expect(hub.stats().subscribers).toBe(0);
  });
});

describe('revoking', () => {
  it('ends the subscription before the revoking event is told', async () => {
    const { hub, log } = setUp();
    const [ann, bob] = [recorder('ann'), recorder('bob')];
    await hub.subscribe(ann, 'a');
    await hub.subscribe(bob, 'a');
    hub.publish(say(log, 'a'));
    hub.publish(say(log, 'a', { revoke: ['ann'] }));
    hub.publish(say(log, 'a'));
    expect(ann.offsets).toEqual([1]);
    expect(ann.revocations).toEqual(['a']);
    expect(bob.offsets).toEqual([1, 2, 3]);
  });
});

describe('rechecking', () => {
  it('ends the subscriptions of those who may follow no longer, live or catching up, and of nobody else', async () => {
    const asked: (readonly string[])[] = [];
    const { hub, log } = setUp({
      allowedAmong: async (_topic, userIds) => {
        asked.push(userIds);
        return new Set(['ann']);
      },
    });
    const [ann, bob, late] = [recorder('ann'), recorder('bob'), recorder('eve')];
    for (const one of [ann, bob, bob, late]) await hub.subscribe(one, 'a');
    hub.hold(late, ['a']);
    hub.publish(say(log, 'a', { recheck: true }));
    await until(() => bob.revocations.length > 0);
    hub.publish(say(log, 'a'));
    expect([ann.offsets, bob.offsets]).toEqual([[1, 2], [1]]);
    expect([ann.revocations, bob.revocations, late.revocations]).toEqual([[], ['a'], ['a']]);
    expect(asked).toEqual([['ann', 'bob', 'eve']]);
  });

  it('asks again for those who are being asked for', async () => {
    const { hub, log } = setUp({ allowedAmong: async () => new Set() });
    const eve = recorder('eve');
    await hub.subscribe(recorder('ann'), 'a');
    let asked = 0;
    const position = await hub.subscribeIf(eve, 'a', async () => {
      asked += 1;
      if (asked > 1) return false;
      hub.publish(say(log, 'a', { recheck: true }));
      return true;
    });
    expect([position, asked]).toEqual([undefined, 2]);
  });

  it('cuts everyone off when nobody can be asked', async () => {
    const { hub, log } = setUp({ allowedAmong: () => Promise.reject(new Error('no database')) });
    let isLost = false;
    const lost = (): void => {
      isLost = true;
    };
    await hub.subscribe({ ...recorder('ann'), lost }, 'a');
    hub.publish(say(log, 'a', { recheck: true }));
    await until(() => isLost);
  });
});

describe('following', () => {
  it('subscribes to the root and to all topics at once', async () => {
    const { hub, log } = setUp();
    const ann = recorder('ann');
    let isAttached = false;
    await hub.follow(
      ann,
      'user:ann',
      async () => ['a', 'b'],
      () => {
        isAttached = true;
      },
    );
    expect(isAttached).toBe(true);
    for (const topic of ['a', 'b', 'user:ann']) hub.publish(say(log, topic));
    expect(ann.events.map(({ topic }) => topic)).toEqual(['a', 'b', 'user:ann']);
  });

  it('adds what is granted, with everything since the grant', async () => {
    const { hub, log } = setUp();
    const ann = recorder('ann');
    const topics = ['a'];
    await hub.follow(ann, 'user:ann', async () => topics.slice());
    await hub.ensure(['b']);
    hub.publish(say(log, 'b'));
    topics.push('b');
    hub.publish(say(log, 'user:ann', { grant: ['b'] }));
    hub.publish(say(log, 'b'));
    await until(() => ann.events.length === 2);
    hub.publish(say(log, 'b'));
    expect(ann.events.map(({ topic, offset }) => [topic, offset])).toEqual([
      ['user:ann', 1],
      ['b', 2],
      ['b', 3],
    ]);
  });

  it('starts a topic that was cold here where the grant says', async () => {
    const { hub, log } = setUp();
    const ann = recorder('ann');
    const topics: string[] = [];
    await hub.follow(ann, 'user:ann', async () => topics.slice());
    const { epoch, offset } = say(log, 'b') as Required<HubEvent>;
    topics.push('b');
    const grant = say(log, 'user:ann', { grant: ['b'], grantFrom: { b: { epoch, offset } } });
    say(log, 'b');
    hub.publish(grant);
    await until(() => ann.events.length === 2);
    expect(ann.events[1]).toMatchObject({ topic: 'b', offset: 2 });
  });

  it('does not believe a grant that was taken back before it was told', async () => {
    const { hub, log } = setUp();
    const ann = recorder('ann');
    await hub.follow(ann, 'user:ann', async () => []);
    await hub.ensure(['b']);
    hub.publish(say(log, 'user:ann', { grant: ['b'] }));
    await pause(20);
    hub.publish(say(log, 'b'));
    expect(ann.events.map(({ topic }) => topic)).toEqual(['user:ann']);
  });

  it('is not fooled by an answer that a revocation overtook', async () => {
    const { hub, log } = setUp();
    const ann = recorder('ann');
    await hub.ensure(['a', 'user:ann']);
    let answer: (topics: string[]) => void = () => {};
    let members = ['a'];
    const following = hub.follow(ann, 'user:ann', () => {
      const read = members.slice();
      return new Promise((resolve) => {
        answer = () => resolve(read);
      });
    });
    await pause();
    members = [];
    hub.publish(say(log, 'a', { revoke: ['ann'] }));
    answer([]);
    await pause();
    answer([]);
    await following;
    hub.publish(say(log, 'a'));
    expect(ann.events).toEqual([]);
  });

  it('reads again when topics were cold, for a revocation may have been missed', async () => {
    const { hub, log } = setUp();
    const ann = recorder('ann');
    let reads = 0;
    await hub.follow(ann, 'user:ann', async () => {
      reads += 1;
      if (reads > 1) return [];
      // The user is removed after this was read, and before somebody else makes the topic hot.
      await hub.ensure(['a']);
      return ['a'];
    });
    hub.publish(say(log, 'a'));
    expect(reads).toBe(2);
    expect(ann.events).toEqual([]);
  });

  it('does not lose a grant that comes while it is being set up', async () => {
    const { hub, log } = setUp();
    const ann = recorder('ann');
    await hub.ensure(['user:ann', 'a', 'b']);
    let topics = ['a'];
    let reads = 0;
    await hub.follow(ann, 'user:ann', async () => {
      reads += 1;
      const read = topics.slice();
      if (reads === 1) {
        topics = ['a', 'b'];
        hub.publish(say(log, 'user:ann', { grant: ['b'] }));
      }
      return read;
    });
    hub.publish(say(log, 'b'));
    await until(() => ann.events.some(({ topic }) => topic === 'b'));
  });
});

describe('live events', () => {
  it('reach whoever is here at once, without a place in the log', async () => {
    const { hub } = setUp();
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    hub.publish({ topic: 'a', name: 'typing', data: {} });
    expect(subscriber.events.map(({ name }) => name)).toEqual(['typing']);
  });

  it('are told once to those who follow several of their topics', async () => {
    const { hub, bus } = setUp();
    const [both, other] = [recorder(), recorder()];
    for (const topic of ['a', 'b']) await hub.subscribe(both, topic);
    await hub.subscribe(other, 'c');
    hub.publish({ topic: 'a', name: 'presence', data: {}, alsoTopics: ['b', 'c'] });
    expect([both.events.length, other.events.length]).toEqual([1, 1]);
    const copied = { topic: 'a', name: 'presence', data: {}, alsoTopics: ['b', 'c'], id: 'x' };
    for (let copy = 0; copy < 3; copy += 1) bus.publish(copied);
    expect([both.events.length, other.events.length]).toEqual([2, 2]);
  });
});

describe('interest', () => {
  it('is let go when nobody listens, and found again', async () => {
    let now = 0;
    const { hub, log } = setUp({ clock: { now: () => now }, sweepMs: 10, sweepMsBusAway: 10, releaseMs: 1000 });
    const subscriber = recorder();
    await hub.subscribe(subscriber, 'a');
    hub.unsubscribe(subscriber, 'a');
    now = 900;
    await pause(30);
    expect(hub.stats().topics).toBe(1);
    now = 2000;
    await until(() => hub.stats().topics === 0);
    say(log, 'a');
    expect((await hub.subscribe(subscriber, 'a')).offset).toBe(1);
  });

  it('shares one read among all who ask at once', async () => {
    const log = createMemoryLog();
    let reads = 0;
    function heads(topics: readonly string[]) {
      reads += 1;
      return log.heads(topics);
    }
    const counting: MemoryLog = { ...log, heads };
    const { hub } = setUp({ log: counting });
    await Promise.all(Array.from({ length: 50 }, (_, index) => hub.ensure([`t${index}`, 'shared'])));
    expect(reads).toBeLessThanOrEqual(2);
    expect(hub.stats().topics).toBe(51);
  });

  it('recovers from a log that could not be read', async () => {
    const log = createMemoryLog();
    let isDown = true;
    const flaky = {
      ...log,
      heads: (topics: readonly string[]) => (isDown ? Promise.reject(new Error('down')) : log.heads(topics)),
    };
    const { hub } = setUp({ log: flaky as MemoryLog });
    await expect(hub.subscribe(recorder(), 'a')).rejects.toThrow('down');
    isDown = false;
    expect((await hub.subscribe(recorder(), 'a')).offset).toBe(0);
  });
});

describe('two instances', () => {
  it('tell the same to their own subscribers', async () => {
    const { exchange, log, hub } = setUp();
    const other: MemoryBus = exchange.connect();
    const second = createHub({ bus: other, log });
    hubs.push(second);
    const [here, there] = [recorder(), recorder()];
    await hub.subscribe(here, 'a');
    await second.subscribe(there, 'a');
    hub.publish(say(log, 'a'));
    second.publish(say(log, 'a'));
    expect([here.offsets, there.offsets]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('learn of ended sessions', async () => {
    const { hub, log } = setUp();
    const ended: string[] = [];
    hub.onEndSession((id) => ended.push(id));
    await hub.subscribe(recorder(), 'user:ann');
    hub.publish(say(log, 'user:ann', { endSession: 's1' }));
    expect(ended).toEqual(['s1']);
  });
});
