import { randomUUID } from 'node:crypto';
import type { Client } from '@parley/client';
import { ApiError } from '@parley/client';
import { httpOf, type Person } from '../../support/people.ts';
import type { Random } from '../../support/random.ts';
import { sleep } from '../../support/until.ts';

/** What one writer sent to its chat, in order, and what it was told. */
export interface Ledger {
  readonly chatId: string;
  readonly by: string;
  /** Keys of messages, as they were sent first. */
  readonly sent: string[];
  /** Ids, as they were acknowledged. */
  readonly acknowledged: string[];
}

export interface Writers {
  readonly ledgers: readonly Ledger[];
  /** Requests that were made, repeats included. */
  requests(): number;
  /** Refusals by what they said. */
  readonly refusals: ReadonlyMap<string, number>;
  acknowledged(): number;
  /** Resolves when the last send of each is acknowledged. */
  stop(): Promise<void>;
}

interface Options {
  random: Random;
  /** Words of which the next message of somebody takes one. */
  said: string[];
  urls: readonly string[];
  /** Pause of each after a message. */
  pauseMs: number;
  /** Each writes to the chat beside it by requests of its own. */
  people: readonly { person: Person; chatId: string }[];
  /** Each writes by the SDK. */
  clients: readonly { client: Client; chatId: string; name: string }[];
}

const timeoutMs = 5_000;
const retryMs = 100;
const twelveYearsMs = 12 * 365 * 86_400_000;

/** One unacknowledged message a writer at a time: the next is sent when the last was acknowledged, as order is promised so. */
export function startWriters({ random, said, urls, pauseMs, people, clients }: Options): Writers {
  const refusals = new Map<string, number>();
  const ledgers: Ledger[] = [];
  let requests = 0;
  let isOver = false;

  async function request(person: Person, chatId: string, body: { content: string; clientMessageId: string }) {
    requests += 1;
    const { call } = httpOf(random.pick(urls), person.tokens);
    try {
      return (await call('messages.send', { params: { chatId }, body, timeoutMs })).id;
    } catch (error) {
      const what = error instanceof ApiError ? `${error.status || 'no answer'} ${error.code}` : String(error);
      refusals.set(what, (refusals.get(what) ?? 0) + 1);
      return undefined;
    }
  }

  /** Now and then it is sent to both at once. */
  async function untilAcknowledged(send: () => Promise<string | undefined>): Promise<string> {
    for (;;) {
      const answers = await Promise.all(random.next() < 0.05 ? [send(), send()] : [send()]);
      const id = answers.find((answer) => answer !== undefined);
      if (id !== undefined) return id;
      await sleep(retryMs);
    }
  }

  async function write({ person, chatId }: Options['people'][number], index: number): Promise<void> {
    const ledger = open(chatId, person.username);
    for (let count = 0; !isOver; count += 1) {
      const clientMessageId = keyOf(random);
      ledger.sent.push(clientMessageId);
      const body = { content: said.pop() ?? `message ${count} of ${index}`, clientMessageId };
      ledger.acknowledged.push(await untilAcknowledged(() => request(person, chatId, body)));
      // Now and then again, though it was acknowledged.
      if (random.next() < 0.05) await request(person, chatId, body);
      await sleep(pauseMs * (0.5 + random.next()));
    }
  }

  async function writeByClient({ client, chatId, name }: Options['clients'][number]): Promise<void> {
    const ledger = open(chatId, name);
    for (let count = 0; !isOver; count += 1) {
      const content = `message ${count} of ${name}`;
      ledger.sent.push(content);
      ledger.acknowledged.push((await client.send(chatId, { content })).id);
      await sleep(pauseMs * (0.5 + random.next()));
    }
  }

  function open(chatId: string, by: string): Ledger {
    const ledger = { chatId, by, sent: [], acknowledged: [] };
    ledgers.push(ledger);
    return ledger;
  }

  const writing = Promise.all([...people.map(write), ...clients.map(writeByClient)]);
  return {
    ledgers,
    requests: () => requests,
    refusals,
    acknowledged: () => ledgers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
    async stop() {
      isOver = true;
      await writing;
    },
  };
}

/** Some keys begin with the time, as UUIDv7 does, of a clock that is wrong by years either way. */
function keyOf(random: Random): string {
  if (random.next() < 0.5) return randomUUID();
  const time = Math.max(0, Date.now() + (random.next() - 0.5) * 2 * twelveYearsMs);
  const head = Math.floor(time).toString(16).padStart(12, '0');
  return `${head.slice(0, 8)}-${head.slice(8)}-7${randomUUID().slice(15)}`;
}
