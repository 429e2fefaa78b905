import { type Client, differences } from '@parley/client';
import { type Chat, chatTopic, type Message } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Acknowledged, recordMessages } from './support/crowd.ts';
import { expectDense, historyOf, written } from './support/history.ts';
import { createNetwork, type SwitchedNetwork } from './support/network.ts';
import { makeGroup, type Person, signUp, startClient } from './support/people.ts';
import { createRandom } from './support/random.ts';
import { type Reader, startReader } from './support/reader.ts';
import { isReady, type Server, startServer } from './support/server.ts';
import { sleep, until } from './support/until.ts';

type Victim = 'Node' | 'PostgreSQL' | 'both';

const kills: readonly Victim[] = [
  'Node',
  'Node',
  'Node',
  'Node',
  'PostgreSQL',
  'PostgreSQL',
  'PostgreSQL',
  'both',
  'both',
  'both',
];
const chatCount = 3;

interface Sender {
  acknowledged: Acknowledged[];
  /** Begun so far, acknowledged or not. */
  begun(): number;
  finished: Promise<void>;
}

describe('kill -9 in the middle of sends', () => {
  const random = createRandom('kill');
  const networks: SwitchedNetwork[] = [];
  let server: Server;
  let people: Person[];
  let chats: Chat[];
  let isOver = false;

  beforeAll(async () => {
    server = await startServer();
    people = await Promise.all(Array.from({ length: 6 }, () => signUp(server.url)));
    chats = await Promise.all(
      Array.from({ length: chatCount }, (_, index) => makeGroup(people[0]!, people.slice(1), `chat ${index}`)),
    );
  });
  afterAll(() => server?.close());

  const connectClient = (person: Person): ReturnType<typeof startClient> => {
    const network = createNetwork();
    networks.push(network);
    return startClient(server.url, person, { network });
  };

  /** Through the outbox of the SDK, which repeats what was not acknowledged. */
  function sendBySdk(client: Client, name: string): Sender {
    const acknowledged: Acknowledged[] = [];
    let begun = 0;
    const write = async ({ id: chatId }: Chat): Promise<void> => {
      for (; !isOver; await sleep(random.between(1, 20))) {
        begun += 1;
        const content = `${name} ${begun}`;
        const { id } = await client.send(chatId, { content });
        acknowledged.push({ chatId, id, content });
      }
    };
    return { acknowledged, begun: () => begun, finished: Promise.all(chats.map(write)).then(() => undefined) };
  }

  /** As curl does it, with and without a key of its own, and without repeating anything: only what was answered counts. */
  function sendByHand({ http }: Person, name: string, isKeyed: boolean): Sender {
    const acknowledged: Acknowledged[] = [];
    let begun = 0;
    const write = async ({ id: chatId }: Chat): Promise<void> => {
      for (; !isOver; await sleep(random.between(1, 20))) {
        begun += 1;
        const content = `${name} ${begun}`;
        const key = isKeyed ? { clientMessageId: `key-${begun}` } : {};
        const answer = await http
          .call('messages.send', { params: { chatId }, body: { content, ...key }, timeoutMs: 5_000 })
          .catch(() => undefined);
        if (answer !== undefined) acknowledged.push({ chatId, id: answer.id, content });
        else await sleep(100);
      }
    };
    return { acknowledged, begun: () => begun, finished: Promise.all(chats.map(write)).then(() => undefined) };
  }

  async function kill(victim: Victim): Promise<void> {
    const isNodeKilled = victim !== 'PostgreSQL';
    await Promise.all([
      victim === 'Node' ? undefined : server.killPostgres9(),
      isNodeKilled ? server.kill9() : undefined,
    ]);
    if (isNodeKilled) await server.restart();
    await until(
      () => isReady(server.url),
      () => `ready after ${victim}; printed: ${server.printed()}`,
    );
    // As a device that notices its network again; otherwise the back-off of ten breaks in a row is what would be measured.
    for (const network of networks) network.set(true);
  }

  async function startLogReader(): Promise<Reader> {
    const pages = await Promise.all(
      chats.map(({ id }) => people[5]!.http.call('messages.page', { params: { chatId: id } })),
    );
    const positions = new Map(pages.map(({ position }, index) => [chatTopic(chats[index]!.id), position]));
    return startReader({ url: server.url, token: () => people[5]!.tokens.access_token, positions });
  }

  it('loses nothing that was acknowledged, doubles nothing, leaves no hole', async () => {
    const receivers = await Promise.all([connectClient(people[4]!), connectClient(people[5]!)]);
    for (const { id } of chats) await receivers[0]!.openChat(id);
    const reader = await startLogReader();
    const logs = [...receivers.map((client) => recordMessages(client, chats)), reader.logs];
    const writers = await Promise.all([connectClient(people[0]!), connectClient(people[1]!)]);
    const senders = [
      ...writers.map((client, index) => sendBySdk(client, `sdk ${index}`)),
      sendByHand(people[2]!, 'keyed', true),
      sendByHand(people[3]!, 'keyless', false),
    ];

    for (const victim of random.shuffle(kills)) {
      const before = acknowledgedBy(senders).length;
      await until(() => acknowledgedBy(senders).length > before + 20, 'messages flow');
      await sleep(random.between(0, 400));
      await kill(victim);
    }
    isOver = true;
    await Promise.all(senders.map(({ finished }) => finished));

    await expectHistory(senders);
    for (const log of logs) await expectLog(log);
    expect(reader.surprises).toEqual([]);
    reader.stop();
    for (const client of [...receivers, ...writers]) {
      await until(() => isCaughtUp(client), 'the client is caught up');
      // Receipts that no event tells of are asked for up to 5 s later.
      const different = async () => differences(client.store.state, await client.snapshot());
      await expect.poll(different, { timeout: 15_000 }).toEqual([]);
      expect(client.errors).toEqual([]);
      client.stop();
    }
  });

  const acknowledgedBy = (senders: readonly Sender[]): Acknowledged[] =>
    senders.flatMap(({ acknowledged }) => acknowledged);

  const isCaughtUp = ({ status, store }: Client): boolean =>
    status === 'online' && [...store.state.pending.values()].every(({ length }) => length === 0);

  async function expectHistory(senders: readonly Sender[]): Promise<void> {
    const begun = senders.reduce((sum, sender) => sum + sender.begun(), 0);
    const acknowledged = acknowledgedBy(senders);
    console.log(`begun ${begun}, acknowledged ${acknowledged.length}`);
    for (const { id: chatId } of chats) {
      const history = await historyOf(people[0]!, chatId);
      expectDense(history);
      const contents = written(history).map(({ content }) => content);
      expect(new Set(contents).size, 'each once').toBe(contents.length);
      const known = new Map(history.map(({ id, content }) => [id, content]));
      const lost = acknowledged.filter((sent) => sent.chatId === chatId && known.get(sent.id) !== sent.content);
      expect(lost).toEqual([]);
    }
  }

  async function expectLog(log: ReadonlyMap<string, Message[]>): Promise<void> {
    for (const { id } of chats) {
      const wanted = written(await historyOf(people[0]!, id));
      await until(
        () => log.get(id)!.length >= wanted.length,
        () => `${log.get(id)!.length} of ${wanted.length} came`,
      );
      expect(log.get(id)!.map((message) => message.id)).toEqual(wanted.map((message) => message.id));
    }
  }
});
