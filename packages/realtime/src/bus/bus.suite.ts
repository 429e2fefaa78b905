import { afterEach, describe, expect, it } from 'vitest';
import type { Bus, HubEvent } from '../types.ts';

/** Where the buses of one test meet. */
export interface BusStage {
  /** One instance's end of one and the same exchange. */
  connect(): Promise<Bus>;
  /** What carries the events is gone, and is there again. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  stop(): Promise<void>;
}

/** What a bus must keep, whoever carries it. */
export function busSuite(name: string, setStage: () => Promise<BusStage>): void {
  describe(`bus: ${name}`, () => {
    const open: Bus[] = [];
    let stage: BusStage | undefined;

    afterEach(async () => {
      for (const bus of open.splice(0)) await bus.close();
      await stage?.stop();
      stage = undefined;
    });

    async function member() {
      stage ??= await setStage();
      const bus = await stage.connect();
      const heard: HubEvent[] = [];
      let connections = 0;
      bus.listen({
        onEvent: (event) => heard.push(event),
        onConnected: () => {
          connections += 1;
        },
      });
      open.push(bus);
      // What is published without a connection is dropped.
      await settled(() => connections > 0);
      return { bus, heard, connections: () => connections };
    }

    it('carries events to every instance that asked for their topic, the publisher too', async () => {
      const [one, two] = [await member(), await member()];
      await one.bus.subscribe(['a']);
      await two.bus.subscribe(['a', 'b']);
      const event = { topic: 'a', name: 'said', data: { text: 'é' }, epoch: 'e', offset: 1, actor: 'ann' };
      one.bus.publish(event);
      one.bus.publish({ topic: 'b', name: 'said', data: {} });
      await settled(() => one.heard.length === 1 && two.heard.length === 2);
      expect(one.heard).toEqual([event]);
      expect(two.heard.find(({ topic }) => topic === 'a')).toEqual(event);
    });

    it('brings each event once, also to its publisher', async () => {
      const [one, two] = [await member(), await member()];
      await Promise.all([one.bus.subscribe(['a']), two.bus.subscribe(['a'])]);
      for (let offset = 1; offset <= 50; offset += 1) {
        (offset % 2 === 0 ? one : two).bus.publish({ topic: 'a', name: 'said', data: {}, epoch: 'e', offset });
      }
      await settled(() => one.heard.length >= 50 && two.heard.length >= 50);
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const { heard } of [one, two]) {
        expect(heard.map(({ offset }) => offset).sort((a, b) => a! - b!)).toEqual(
          Array.from({ length: 50 }, (_, i) => i + 1),
        );
      }
    });

    it('stops when the interest ends', async () => {
      const one = await member();
      await one.bus.subscribe(['a', 'b']);
      one.bus.unsubscribe(['a']);
      one.bus.publish({ topic: 'a', name: 'said', data: {} });
      one.bus.publish({ topic: 'b', name: 'said', data: {} });
      await settled(() => one.heard.length > 0);
      expect(one.heard.map(({ topic }) => topic)).toEqual(['b']);
    });

    it('listens again when the interest comes back', async () => {
      const [one, two] = [await member(), await member()];
      await two.bus.subscribe(['a']);
      two.bus.unsubscribe(['a']);
      await two.bus.subscribe(['a']);
      one.bus.publish({ topic: 'a', name: 'said', data: {} });
      await settled(() => two.heard.length === 1);
    });

    it('brings an event of several topics to whoever follows any of them', async () => {
      const [one, two] = [await member(), await member()];
      await one.bus.subscribe(['a']);
      await two.bus.subscribe(['b']);
      one.bus.publish({ topic: 'a', name: 'presence', data: {}, alsoTopics: ['b'], id: 'x' });
      await settled(() => one.heard.length > 0 && two.heard.length > 0);
      expect(new Set(two.heard.map(({ id }) => id))).toEqual(new Set(['x']));
    });

    it('is healthy and says that it is connected', async () => {
      const one = await member();
      await settled(() => one.connections() > 0);
      expect(one.bus.isHealthy()).toBe(true);
    });

    it('takes interest while it is away, and comes back with all of it', async () => {
      const [one, two] = [await member(), await member()];
      await settled(() => one.bus.isHealthy() && two.bus.isHealthy());
      await two.bus.subscribe(['before']);
      const connections = two.connections();
      await stage!.cut();
      await settled(() => !one.bus.isHealthy() && !two.bus.isHealthy());
      const taken = two.bus.subscribe(['meanwhile']);
      // May come late or never, but harms nobody.
      one.bus.publish({ topic: 'before', name: 'risked', data: {} });
      await stage!.heal();
      await taken;
      await settled(() => one.bus.isHealthy() && two.connections() > connections);
      for (const topic of ['before', 'meanwhile']) one.bus.publish({ topic, name: 'said', data: {} });
      const said = () => two.heard.filter(({ name }) => name === 'said').map(({ topic }) => topic);
      await settled(() => said().length === 2);
      expect(new Set(said())).toEqual(new Set(['before', 'meanwhile']));
    });
  });
}

/** Servers need their time to be missed and to come back. */
export async function settled(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 5 }).toBe(true);
}
