import { type Client, differences, loadSnapshot } from '@parley/client';
import { type Chat, chatTopic, type Message, type Position } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Acknowledged, recordMessages, writeAll } from './support/crowd.ts';
import { expectDense, historyOf, written } from './support/history.ts';
import { createNetwork } from './support/network.ts';
import { makeGroup, type Person, signUp, startClient } from './support/people.ts';
import { type Cut, type CuttableProxy, startProxy } from './support/proxy.ts';
import { createRandom } from './support/random.ts';
import { startReader } from './support/reader.ts';
import { type Server, startServer } from './support/server.ts';
import { sleep, until } from './support/until.ts';

const senders = 10;
const chatCount = 5;
const messages = 2_000;
const cuts = 50;
const each = messages / senders / chatCount;

interface Receiver {
  name: string;
  proxy: CuttableProxy;
  /** By chat. */
  logs: ReadonlyMap<string, Message[]>;
  /** Tells it what the device knows of the network. */
  notice(isOnline: boolean): void;
  expectCalm(): Promise<void>;
  stop(): void;
}

describe('delivery through a bad network', () => {
  const random = createRandom('delivery');
  let server: Server;
  let people: Person[];
  let chats: Chat[];

  beforeAll(async () => {
    server = await startServer();
    people = await Promise.all(Array.from({ length: senders + 1 }, () => signUp(server.url)));
    chats = await Promise.all(
      Array.from({ length: chatCount }, (_, index) => makeGroup(people[0]!, people.slice(1), `chat ${index}`)),
    );
  });
  afterAll(() => server?.close());

  async function startRawReceiver(index: number): Promise<Receiver> {
    const proxy = await startProxy(server.url);
    const positions = new Map<string, Position>();
    for (const { id } of chats) {
      const { position } = await people[0]!.http.call('messages.page', { params: { chatId: id } });
      positions.set(chatTopic(id), position);
    }
    const reader = startReader({ url: proxy.url, token: () => people[0]!.tokens.access_token, positions });
    await until(reader.isOnline, 'the reader is online');
    return {
      name: `/ws ${index}`,
      proxy,
      logs: reader.logs,
      notice: reader.probe,
      expectCalm: async () => expect(reader.surprises).toEqual([]),
      stop: reader.stop,
    };
  }

  /** Half of them have opened the chats, so that what is on the screen is compared too. */
  async function startSdkReceiver(index: number): Promise<Receiver> {
    const proxy = await startProxy(server.url);
    const network = createNetwork();
    const client = await startClient(proxy.url, people[0]!, { network });
    if (index % 2 === 0) for (const { id } of chats) await client.openChat(id);
    return {
      name: `SDK ${index}`,
      proxy,
      logs: recordMessages(client, chats),
      notice: network.set,
      expectCalm: () => expectSameAsServer(client),
      stop: client.stop,
    };
  }

  async function expectSameAsServer(client: Client & { errors?: unknown[] }): Promise<void> {
    expect(client.errors).toEqual([]);
    // Not by the broken road: a kept-alive connection may have been cut in silence.
    const { state } = client.store;
    // Receipts that no event tells of are asked for up to 5 s later.
    const different = async () => differences(state, await loadSnapshot(people[0]!.http.call, state));
    await expect.poll(different, { timeout: 15_000 }).toEqual([]);
  }

  /** Some know at once that the network is gone or back, some find out. */
  async function breakAndRestore(receiver: Receiver, how: Cut): Promise<void> {
    const isTold = how === 'silent' || random.next() < 0.7;
    receiver.proxy.cut(how);
    await sleep(random.between(0, 300));
    receiver.proxy.restore();
    if (isTold) receiver.notice(true);
  }

  /** All cuts of one receiver; the next one comes when it is connected again, or sometimes while it is at it. */
  async function breakOften(receiver: Receiver, hows: readonly Cut[]): Promise<void> {
    for (const how of hows) {
      await sleep(random.between(300, 1_200));
      const before = receiver.proxy.opened();
      await breakAndRestore(receiver, how);
      if (random.next() < 0.8)
        await until(() => receiver.proxy.opened() > before, `${receiver.name} comes back`, 30_000);
    }
  }

  it('gives everyone exactly the log of their chats, none twice, in order', async () => {
    const receivers = [
      ...(await Promise.all([0, 1, 2, 3, 4].map(startRawReceiver))),
      ...(await Promise.all([0, 1, 2, 3, 4].map(startSdkReceiver))),
    ];
    const writers = await Promise.all(people.slice(1).map((person) => startClient(server.url, person)));
    const perReceiver = cuts / receivers.length;
    const allCuts = receivers.map((receiver, index) => {
      const kinds: Cut[] = ['end', 'reset', index < 7 ? 'silent' : 'end', 'reset', 'end'];
      return breakOften(receiver, random.shuffle(kinds.slice(0, perReceiver)));
    });
    const writing = writers.map((client, index) =>
      writeAll(client, chats, { each, name: `sender ${index}`, pauseMs: 400, random }),
    );

    const acknowledged = (await Promise.all(writing)).flat();
    await Promise.all(allCuts);
    await Promise.all(writers.map((client) => until(() => isDone(client), 'the writers are done')));
    await expectLogs(receivers, acknowledged);
    for (const { stop, proxy } of receivers) {
      stop();
      proxy.close();
    }
    for (const client of writers) client.stop();
  });

  const isDone = ({ store }: Client): boolean => [...store.state.pending.values()].every(({ length }) => length === 0);

  async function expectLogs(receivers: readonly Receiver[], acknowledged: readonly Acknowledged[]): Promise<void> {
    expect(acknowledged).toHaveLength(messages);
    for (const { id } of chats) {
      const history = await historyOf(people[0]!, id);
      expectDense(history);
      const log = written(history);
      expectAcknowledged(
        log,
        acknowledged.filter(({ chatId }) => chatId === id),
      );
      for (const receiver of receivers) {
        const got = (): Message[] => receiver.logs.get(id)!;
        await until(
          () => got().length >= log.length,
          () => `${receiver.name} has all: ${got().length} of ${log.length}`,
          45_000,
        );
        expect(briefly(got()), receiver.name).toEqual(briefly(log));
      }
    }
    for (const receiver of receivers) await receiver.expectCalm();
  }

  /** What was acknowledged is there once; what one person wrote stands in the order in which it was written. */
  function expectAcknowledged(log: readonly Message[], sent: readonly Acknowledged[]): void {
    expect(new Set(log.map(({ id }) => id))).toEqual(new Set(sent.map(({ id }) => id)));
    expect(log).toHaveLength(sent.length);
    for (const senderId of new Set(log.map((message) => message.senderId))) {
      const own = log.filter((message) => message.senderId === senderId).map(({ content }) => content);
      const name = own[0]!.replace(/ \d+$/, '');
      expect(own).toEqual(Array.from({ length: each }, (_, count) => `${name} ${count}`));
    }
  }

  const briefly = (log: readonly Message[]) => log.map(({ id, sequence, content }) => ({ id, sequence, content }));
});
