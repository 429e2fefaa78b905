import { afterEach, describe, expect, it } from 'vitest';
import { type Stage, setStage } from '../testing/stage.ts';
import type { Position } from '../types.ts';

/** One event or answer, however the door spells it. */
export interface Told {
  name: string;
  text?: string;
  topic?: string;
  offset?: number;
  topics?: string[];
  afterMs?: number;
}

/** A client of the door under test. */
export interface DoorClient {
  readonly told: Told[];
  /** Why it was closed; undefined while it is open. */
  closed(): string | number | undefined;
  /** Resolves to the answer: the position, or the code of the refusal in lower case. */
  subscribe(chatId: string, since?: Position): Promise<Position | string>;
  unsubscribe(chatId: string): Promise<unknown>;
  command(name: string, payload: object): Promise<{ id?: string; code?: string }>;
  sendRaw(bytes: string | Buffer): void;
  stopReading(): void;
  goOnReading(): void;
  close(): void;
}

export interface DoorUnderTest {
  name: string;
  connect(stage: Stage, token: string, since?: Record<string, Position>): Promise<DoorClient>;
  /** What `closed()` says when a session ended, a token expired. */
  endedAs: string | number;
  expiredAs: string | number;
  /** The door takes no commands. */
  hasNoCommands?: true;
}

export function doorSuite(door: DoorUnderTest): void {
  describe(`door: ${door.name}`, () => {
    let stage: Stage;
    const clients: DoorClient[] = [];
    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      await stage.close();
    });

    async function connect(token: string, since?: Record<string, Position>): Promise<DoorClient> {
      const client = await door.connect(stage, token, since);
      clients.push(client);
      return client;
    }

    async function member(userId: string, ...chatIds: string[]): Promise<DoorClient> {
      stage.topics.set(
        userId,
        chatIds.map((chatId) => `chat:${chatId}`),
      );
      const client = await connect(userId);
      for (const chatId of chatIds) await client.subscribe(chatId);
      return client;
    }

    function describeCommands(): void {
      it('runs commands of one key in turn and answers each', async () => {
        stage = await setStage();
        const [ann, bob] = [await member('ann', '1'), await member('bob', '1')];
        const texts = ['a', 'aa', 'aaa', 'aaaa'];
        const answers = await Promise.all(texts.map((text) => ann.command('send', { chatId: '1', text })));
        expect(answers.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'm4']);
        await until(() => bob.told.length === 4);
        expect(bob.told.map(({ text }) => text)).toEqual(texts);
      });

      it('answers what is malformed, unknown or broken with a code, and goes on', async () => {
        stage = await setStage();
        const ann = await member('ann', '1');
        expect((await ann.command('send', { chatId: 5 })).code).toBe('validation_error');
        expect((await ann.command('fail', {})).code).toBe('internal');
        expect((await ann.command('constructor', {})).code).toMatch(/^unknown_/);
        expect(await ann.subscribe(7 as unknown as string)).toBe('validation_error');
        expect((await ann.command('send', { chatId: '1', text: 'ok' })).id).toBe('m1');
      });
    }

    it('tells members what happens, with its place', async () => {
      stage = await setStage();
      const ann = await member('ann', '1');
      stage.say('chat:1');
      stage.say('chat:2');
      await until(() => ann.told.length > 0);
      expect(ann.told).toEqual([{ name: 'said', text: 'chat:1 said', topic: 'chat:1', offset: 1 }]);
    });

    it('refuses a wrong token', async () => {
      stage = await setStage();
      await expect(connect('bad')).rejects.toThrow(/unauthorized/i);
      expect(stage.connections.size).toBe(0);
    });

    it('refuses an origin that is not allowed, and too many connections of an address', async () => {
      stage = await setStage({ allowOrigin: () => false });
      await expect(connect('ann')).rejects.toThrow();
      await stage.close();
      stage = await setStage({ limits: { perUser: 1 } });
      await connect('ann');
      await expect(connect('ann')).rejects.toThrow(/too_many_connections/i);
    });

    it("refuses topics that are not the user's, and opens those that are anybody's", async () => {
      stage = await setStage();
      stage.open.add('chat:open');
      const ann = await member('ann');
      expect(await ann.subscribe('secret')).toBe('forbidden');
      expect(await ann.subscribe('open')).toMatchObject({ offset: 0 });
      stage.say('chat:secret');
      stage.say('chat:open');
      await until(() => ann.told.length > 0);
      await ann.unsubscribe('open');
      stage.say('chat:open');
      await pause(50);
      expect(ann.told.map(({ topic }) => topic)).toEqual(['chat:open']);
    });

    if (!door.hasNoCommands) describeCommands();

    it('tells the actor what only the actor may know', async () => {
      stage = await setStage();
      const [ann, bob] = [await member('ann', '1'), await member('bob', '1')];
      stage.say('chat:1', { data: { text: 'all' }, ownData: { text: 'own' }, actor: 'ann' });
      await until(() => ann.told.length > 0 && bob.told.length > 0);
      expect([ann.told[0]?.text, bob.told[0]?.text]).toEqual(['own', 'all']);
    });

    it('does not tell those whom it is hidden from, live or replayed', async () => {
      stage = await setStage();
      const [ann, bob] = [await member('ann', '1'), await member('bob', '1')];
      const first = stage.say('chat:1') as Required<ReturnType<Stage['say']>>;
      stage.say('chat:1', { hiddenFrom: ['ann'] });
      stage.say('chat:1');
      await until(() => ann.told.length === 2 && bob.told.length === 3);
      expect(ann.told.map(({ offset }) => offset)).toEqual([1, 3]);
      const again = await connect('ann', { 'chat:1': { epoch: first.epoch, offset: 1 } });
      await until(() => again.told.some(({ offset }) => offset === 3));
      expect(again.told.some(({ offset }) => offset === 2)).toBe(false);
    });

    it('keeps what is internal to itself', async () => {
      stage = await setStage();
      const ann = await member('ann', '1');
      stage.say('chat:1', { name: 'hidden' });
      stage.say('chat:1');
      await until(() => ann.told.length > 0);
      expect(ann.told.map(({ offset }) => offset)).toEqual([2]);
    });

    it('tells what was missed, in order, before it goes on live', async () => {
      stage = await setStage();
      const first = stage.say('chat:1') as Required<ReturnType<Stage['say']>>;
      for (let count = 0; count < 300; count += 1) stage.say('chat:1');
      stage.topics.set('ann', ['chat:1']);
      const ann = await connect('ann', { 'chat:1': { epoch: first.epoch, offset: 1 } });
      stage.say('chat:1');
      await until(() => ann.told.some(({ offset }) => offset === 302));
      await until(() => ann.told.some(({ name }) => name === 'resumed'));
      const offsets = ann.told.filter(({ name }) => name === 'said').map(({ offset }) => offset);
      expect(offsets).toEqual(Array.from({ length: 301 }, (_, index) => index + 2));
      expect(ann.told.find(({ name }) => name === 'resumed')?.topics).toEqual(['chat:1']);
    });

    it('says which positions are worthless', async () => {
      stage = await setStage();
      stage.topics.set('ann', ['chat:1', 'chat:2']);
      const { epoch } = stage.say('chat:1') as Required<ReturnType<Stage['say']>>;
      const since = {
        'chat:1': { epoch: 'old', offset: 0 },
        'chat:2': { epoch, offset: 0 },
        'chat:3': { epoch, offset: 0 },
      };
      const ann = await connect('ann', since);
      await until(() => ann.told.some(({ name }) => name === 'resync'));
      expect(ann.told.find(({ name }) => name === 'resumed')?.topics).toEqual(['chat:2']);
      expect(ann.told.find(({ name }) => name === 'resync')?.topics?.sort()).toEqual(['chat:1', 'chat:3']);
      stage.say('chat:1');
      stage.say('chat:3');
      await until(() => ann.told.some(({ topic }) => topic === 'chat:1'));
      expect(ann.told.some(({ topic }) => topic === 'chat:3')).toBe(false);
    });

    it('replays one topic from where a subscriber asks', async () => {
      stage = await setStage();
      const { epoch } = stage.say('chat:1') as Required<ReturnType<Stage['say']>>;
      stage.say('chat:1');
      const ann = await member('ann', '1');
      expect(await ann.subscribe('1', { epoch, offset: 0 })).toEqual({ epoch, offset: 2 });
      stage.say('chat:1');
      await until(() => ann.told.length === 3);
      expect(ann.told.map(({ offset }) => offset)).toEqual([1, 2, 3]);
    });

    it('delivers what the bus lost', async () => {
      stage = await setStage();
      const ann = await member('ann', '1');
      stage.log.append({ topic: 'chat:1', name: 'said', data: { text: 'lost' } });
      stage.say('chat:1');
      await until(() => ann.told.length === 2);
      expect(ann.told.map(({ offset }) => offset)).toEqual([1, 2]);
    });

    it('goes silent on a topic at once when the user is removed', async () => {
      stage = await setStage();
      const [ann, bob] = [await member('ann', '1'), await member('bob', '1')];
      stage.say('chat:1');
      stage.topics.set('ann', []);
      stage.say('chat:1', { revoke: ['ann'] });
      stage.say('chat:1');
      await until(() => bob.told.length === 3);
      await pause(30);
      expect(ann.told.map(({ offset }) => offset)).toEqual([1]);
      expect(await ann.subscribe('1')).toBe('forbidden');
    });

    it('follows what is granted', async () => {
      stage = await setStage();
      const ann = await member('ann');
      stage.topics.set('ann', ['chat:9']);
      stage.say('user:ann', { name: 'noted', grant: ['chat:9'] });
      await until(() => ann.told.length === 1);
      await until(() => stage.hub.stats().subscriptions >= 2);
      expect(await ann.subscribe('9')).toMatchObject({ offset: 0 });
      stage.say('chat:9');
      await until(() => ann.told.length === 2);
    });

    it('closes the connections of a session that ended', async () => {
      stage = await setStage();
      const [ended, other] = [await connect('ann/one'), await connect('ann/two')];
      stage.endedSessions.add('one');
      stage.say('user:ann', { name: 'hidden', endSession: 'one' });
      await until(() => ended.closed() !== undefined);
      expect(ended.closed()).toBe(door.endedAs);
      expect(other.closed()).toBeUndefined();
      await expect(connect('ann/one')).rejects.toThrow(/unauthorized/i);
    });

    it('closes a connection whose token expired', async () => {
      stage = await setStage();
      const ann = await connect(`ann/one/${Date.now() + 150}`);
      await until(() => ann.closed() !== undefined);
      expect(ann.closed()).toBe(door.expiredAs);
    });

    it('closes a reader that is too slow, and keeps serving the others', async () => {
      stage = await setStage({ maxBufferedBytes: 256 * 1024 });
      const [slow, quick] = [await member('slow', '1'), await member('quick', '1')];
      slow.stopReading();
      const text = 'x'.repeat(32_000);
      const counters = () =>
        [stage.webSocket, stage.socketIO, stage.pubSub].reduce((sum, { stats }) => sum + stats().slowReaders, 0);
      for (let count = 0; count < 2000 && counters() === 0; count += 1) {
        stage.say('chat:1', { data: { text } });
        await pause(0);
      }
      expect(counters()).toBe(1);
      await until(() => stage.connections.size === 1);
      slow.goOnReading();
      const last = stage.say('chat:1');
      await until(() => quick.told.at(-1)?.offset === last.offset);
      expect(quick.told.map(({ offset }) => offset)).toEqual(
        Array.from({ length: last.offset as number }, (_, index) => index + 1),
      );
      await until(() => slow.closed() !== undefined);
    });

    it('closes a connection that sends a frame that is too large', async () => {
      stage = await setStage();
      const [ann, bob] = [await member('ann', '1'), await member('bob', '1')];
      ann.command('send', { chatId: '1', text: 'x'.repeat(70_000) }).catch(() => {});
      await until(() => ann.closed() !== undefined);
      stage.say('chat:1');
      await until(() => bob.told.length === 1);
    });

    it('survives rubbish', async () => {
      stage = await setStage();
      const bob = await member('bob', '1');
      for (const rubbish of ['', '{', '[]', 'null', '42["', '451-["a"]', '42/nowhere,["x"]', Buffer.from([1, 2, 3])]) {
        const ann = await member('ann', '1');
        for (let count = 0; count < 12; count += 1) ann.sendRaw(rubbish);
      }
      await pause(100);
      stage.say('chat:1');
      await until(() => bob.told.length === 1);
    });

    it('drains: tells everyone, closes everyone, lets nobody in', async () => {
      stage = await setStage();
      const all = [await connect('ann'), await connect('bob')];
      await Promise.all([stage.webSocket, stage.socketIO, stage.pubSub].map(({ drain }) => drain(100)));
      await until(() => all.every((client) => client.closed() !== undefined));
      for (const client of all) expect(client.told.find(({ name }) => name === 'reconnect')?.afterMs).toBeLessThan(100);
      await expect(connect('ann')).rejects.toThrow();
      await until(() => stage.connections.size === 0);
    });
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 5 }).toBe(true);
}
