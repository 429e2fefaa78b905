import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../client/types.ts';
import { ApiError } from '../http/api-error.ts';
import { createHttp } from '../http/http.ts';
import { differences } from '../store/equal-state.ts';
import type { State } from '../store/state.ts';
import { createDevice, createProfile, type Device } from './device.ts';
import { createRandom } from './random.ts';
import { pickAction } from './walk-actions.ts';

export interface WalkOptions {
  url: string;
  /** Repeats the choices of a walk; what happens between server and clients has a mind of its own. */
  seed: number;
  /** Ends after this time or this many actions, whichever comes first. */
  forMs: number;
  actions?: number;
  print?(line: string): void;
}

export interface WalkResult {
  actions: number;
  devices: number;
  /** Empty: every device's state equals a fresh load from the server. */
  differences: string[];
  /** Errors that no refusal explains. */
  faults: unknown[];
}

const password = 'a long enough secret';
const settleMs = 60_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Three people do random things on networks that break: one on two devices, one in two tabs of the same browser, one who hides how
 * far they have read. In the end, when nothing moves any more, what each device shows must be what the server has.
 */
export async function randomWalk(options: WalkOptions): Promise<WalkResult> {
  const { forMs, actions: most = Number.POSITIVE_INFINITY, print = () => undefined } = options;
  const random = createRandom(options.seed);
  const { devices, people, names } = await gather(options.url, options.seed);
  const faults: unknown[] = [];
  let done = 0;
  for (const end = Date.now() + forMs; Date.now() < end && done < most; done += 1) {
    const device = random.pick(devices)!;
    const [, name, act] = pickAction(random);
    // Nobody waits for the answer: the next thing is done meanwhile.
    void attempt(() => act({ device, random, people, names }, device.client), faults).then((outcome) =>
      print(`${device.name}: ${name}: ${outcome}`),
    );
    await sleep(random.below(60));
    for (const hole of devices.flatMap(({ client }) => holesIn(client.store.state))) faults.push(new Error(hole));
  }
  const left = await settle(devices);
  for (const device of devices) device.stop();
  return {
    actions: done,
    devices: devices.length,
    differences: left,
    faults: [...faults, ...devices.flatMap((device) => device.faults)],
  };
}

async function attempt(act: () => unknown, faults: unknown[]): Promise<string> {
  try {
    await act();
    return 'done';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    faults.push(error);
    return String(error);
  }
}

async function gather(url: string, seed: number): Promise<{ devices: Device[]; people: string[]; names: string[] }> {
  const { call } = createHttp({ baseUrl: url });
  const names = ['ann', 'bob', 'cem'].map((name) => `${name}${seed}${Date.now() % 100_000}`);
  const people = await Promise.all(
    names.map(async (username) => {
      const body = { username, email: `${username}@example.org`, password };
      return (await call('auth.register', { body })).id;
    }),
  );
  const [ann, bob, cem] = names as [string, string, string];
  const shared = createProfile();
  const devices = [
    createDevice(url, ann, createProfile()),
    createDevice(url, `${ann} 2`, createProfile()),
    createDevice(url, bob, shared),
    createDevice(url, `${bob} 2`, shared),
    createDevice(url, cem, createProfile()),
  ];
  for (const { client, name } of devices) await client.login({ username: name.split(' ')[0]!, password });
  for (const { client } of devices) await client.start();
  await devices.at(-1)!.client.updateSettings({ readReceipts: false });
  await devices[0]!.client.createChat({ type: 'group', title: 'all', memberIds: people.slice(1) });
  await devices[2]!.client.createChat({ type: 'direct', memberIds: [people[0]!] });
  return { devices, people, names };
}

/** Sequences have no holes, so a run of messages has none. */
const holesIn = ({ windows }: State): string[] =>
  [...windows].flatMap(([chatId, { items }]) =>
    items.some(({ sequence }, index) => index > 0 && sequence !== items[index - 1]!.sequence + 1)
      ? [`a hole in ${chatId}: ${items.map(({ sequence }) => sequence)}`]
      : [],
  );

/** Waits until everything has arrived; what is still different then has been missed. */
async function settle(devices: readonly Device[]): Promise<string[]> {
  for (const { road } of devices) road.restore();
  const until = Date.now() + settleMs;
  let left: string[] = [];
  do {
    await sleep(500);
    left = await differencesOf(devices);
  } while (left.length > 0 && Date.now() < until);
  return left;
}

/** What the server has not taken. Sends that it refused are dropped. */
async function waitingOf({ store: { state }, discardSend }: Client): Promise<unknown[]> {
  const messages = [...state.pending.values()].flat();
  for (const { state: how, clientMessageId } of messages) if (how === 'failed') await discardSend(clientMessageId);
  return [...messages, ...[...state.commands.values()].flat()];
}

async function differencesOf(devices: readonly Device[]): Promise<string[]> {
  const found = await Promise.all(
    devices.map(async ({ name, client }) => {
      const { state } = client.store;
      if (client.status !== 'online') return [`${name} is ${client.status}`];
      const waiting = await waitingOf(client);
      if (waiting.length > 0) return [`${name} has not sent ${waiting.length}: ${JSON.stringify(waiting[0])}`];
      const before = structuredClone(state.positions);
      const fresh = await client.snapshot().catch((error: unknown) => error);
      // It shows a chat that it is no longer in: it has not heard of that yet, or never will.
      if (fresh instanceof ApiError) return [`${name} cannot load all that it shows: ${fresh.code}`];
      if (fresh instanceof Error) throw fresh;
      if (!isDeepStrictEqual(before, state.positions)) return [`${name} still moves`];
      return differences(state, fresh as State).map((difference) => `${name}: ${difference}`);
    }),
  );
  return found.flat();
}
