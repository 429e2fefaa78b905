import type { Client } from '@parley/client';
import type { Chat } from '@parley/contract';
import { doors, type Follower, startFollower } from '../../instances/followers.ts';
import { recordMessages } from '../../support/crowd.ts';
import { makeGroup, type Person, signUp, startClient } from '../../support/people.ts';
import type { Random } from '../../support/random.ts';
import { sleep, until } from '../../support/until.ts';
import { type Counts, compare, isStored, type Receiver, readHistories, readLogs } from './compare.ts';
import { type Fault, faultsOf } from './faults.ts';
import { openStage, type Stage } from './stage.ts';
import { startWriters, type Writers } from './writers.ts';

export interface PipelineOptions {
  random: Random;
  seconds: number;
  /** Faults with this in their names, instead of all. */
  only?: string;
  print(line: string): void;
}

export interface PipelineResult {
  counts: Counts;
  refusals: ReadonlyMap<string, number>;
  /** Promises that were broken, in words. */
  broken: string[];
  /** Each fault that happened, and the ms from its end until a message was acknowledged and stored again. */
  healing: { name: string; ms: number }[];
}

const chatCount = 12;
const clientCount = 2;
const followersPerChat = 2;
const pauseMs = 120;
const healMs = 90_000;

/**
 * Steady writing through two APIs and two workers, while everything that can fail does, one after the other in the order of the
 * seed; then the ledgers of all clients are compared with history and log.
 */
export async function runPipeline({ random, seconds, only = '', print }: PipelineOptions): Promise<PipelineResult> {
  const stage = await openStage();
  const broken: string[] = [];
  const world: World = { followers: [], clients: [] };
  const said: string[] = [];
  // Before anything else draws from the seed, so that it decides the order alone; how long each takes depends on the run.
  const faults = faultsOf({ stage, random, say: (words) => void said.push(words) });
  const order = random.shuffle(faults.filter(({ name }) => name.includes(only)));
  let isKept = false;
  try {
    const { people, chats } = await settle(stage, world, random);
    const writers = startWriters({
      random,
      said,
      urls: stage.urls,
      pauseMs,
      people: chats
        .slice(clientCount)
        .map((chat, index) => ({ person: people[index % people.length]!, chatId: chat.id })),
      clients: world.clients.map(({ client }, index) => ({
        client,
        chatId: chats[index]!.id,
        name: `client ${index}`,
      })),
    });
    const healing = await trouble({
      order,
      random,
      writers,
      postgresUrl: stage.postgres.url,
      seconds,
      print,
      broken,
      world,
    });
    await within(writers.stop(), 'every send is acknowledged at last', broken);
    const reader = people[0]!;
    const receivers = receiversOf(world, chats);
    const chatIds = chats.map(({ id }) => id);
    const look = async (): Promise<Counts> => {
      const histories = await readHistories(reader, chatIds);
      return compare({
        ledgers: writers.ledgers,
        histories,
        logs: await readLogs(stage.postgres.url, chatIds),
        receivers,
      });
    };
    const isSettled = async (): Promise<boolean> => {
      const { stored, acknowledged, delivered, expected } = await look().catch(() => nothing);
      return stored >= acknowledged && delivered >= expected && acknowledged > 0;
    };
    await within(until(isSettled, 'all is stored and told', healMs), 'all is stored and told', broken);
    const counts = await look();
    broken.push(...brokenBy(counts), ...surprisesOf(world, writers, stage));
    isKept = broken.length === 0;
    if (!isKept) print(`  what the programs printed is in ${stage.logs}`);
    return { counts, refusals: writers.refusals, broken, healing };
  } finally {
    for (const follower of world.followers) follower.stop();
    for (const { client } of world.clients) client.stop();
    await stage.close(!isKept);
  }
}

const nothing = { stored: 0, acknowledged: 1, delivered: 0, expected: 0 };

interface World {
  followers: Follower[];
  clients: { client: Client & { errors: unknown[] }; logs: ReturnType<typeof recordMessages> }[];
}

async function settle(stage: Stage, world: World, random: Random): Promise<{ people: Person[]; chats: Chat[] }> {
  const url = stage.urls[0]!;
  const people: Person[] = [];
  for (let index = 0; index < 4; index += 1) people.push(await signUp(url));
  const [owner, ...others] = people as [Person, ...Person[]];
  for (let index = 0; index < chatCount; index += 1) await makeGroup(owner, others, `chat ${index}`);
  // Read again: making a chat says things in it.
  const { items: chats } = await owner.http.call('chats.list', {});
  for (let index = 0; index < clientCount; index += 1) {
    const client = await startClient(stage.urls[index]!, people[index]!);
    world.clients.push({ client, logs: recordMessages(client, chats) });
  }
  const tokens: { access: string; scoped: string }[] = [];
  for (const person of people) {
    const { token } = await person.http.call('auth.socketToken', {});
    tokens.push({ access: person.tokens.access_token, scoped: token });
  }
  for (let index = 0; index < chatCount * followersPerChat; index += 1) {
    const { id: chatId, position } = chats[index % chats.length]!;
    world.followers.push(
      startFollower({
        door: doors[index % doors.length]!,
        url: () => random.pick(stage.urls),
        tokens: tokens[index % tokens.length]!,
        chatId,
        since: position,
      }),
    );
  }
  await until(() => world.followers.every((one) => one.isOnline()), 'all clients are online', 60_000);
  return { people, chats };
}

interface Troubled {
  order: readonly Fault[];
  random: Random;
  writers: Writers;
  postgresUrl: string;
  seconds: number;
  print(line: string): void;
  broken: string[];
  world: World;
}

async function trouble({ order, random, writers, postgresUrl, seconds, print, broken, world }: Troubled) {
  const healing: PipelineResult['healing'] = [];
  const end = Date.now() + seconds * 1_000;
  await sleep(1_000);
  for (let index = 0; Date.now() < end; index += 1) {
    const fault = order[index % order.length]!;
    random.pick(world.followers).cut();
    const began = Date.now();
    await within(fault.happen(), fault.name, broken);
    const ms = await untilHealed({ writers, postgresUrl, broken }, fault.name);
    healing.push({ name: fault.name, ms });
    print(
      `  ${fault.name}: ${Date.now() - began - ms} ms; ${ms} ms until everybody writes again and all of it is stored`,
    );
    await sleep(random.between(0, 1_500));
  }
  return healing;
}

/** Every writer has had a message acknowledged that it sent after the fault was over, and all that was acknowledged is stored. */
async function untilHealed(
  { writers, postgresUrl, broken }: Pick<Troubled, 'writers' | 'postgresUrl' | 'broken'>,
  name: string,
): Promise<number> {
  const began = Date.now();
  const before = writers.ledgers.map(({ acknowledged }) => acknowledged.length);
  const isHealed = (): boolean =>
    writers.ledgers.every(({ acknowledged }, index) => acknowledged.length >= before[index]! + 2);
  const what = 'everybody writes again';
  await within(until(isHealed, what, healMs), `${name}: ${what}`, broken);
  const last = writers.ledgers.flatMap(({ acknowledged }) => acknowledged.slice(-1));
  const areStored = `${name}: what was acknowledged is stored`;
  await within(
    until(() => isStored(postgresUrl, last), areStored, healMs),
    areStored,
    broken,
  );
  return Date.now() - began;
}

async function within(work: Promise<unknown>, what: string, broken: string[]): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('it did not come to an end')), healMs + 30_000);
  await Promise.race([work, late]).catch((error: Error) => broken.push(`${what}: ${error.message}`));
  clearTimeout(timer);
}

function receiversOf({ followers, clients }: World, chats: readonly Chat[]): Receiver[] {
  const byClients = clients.flatMap(({ logs }) =>
    chats.map(({ id }) => ({
      chatId: id,
      get taken() {
        return logs.get(id)!.map((message) => message.id);
      },
    })),
  );
  return [...followers, ...byClients];
}

function brokenBy({ lost, doubled, outOfOrder, holes, strange, delivered, expected }: Counts): string[] {
  const counts = { lost, doubled, 'out of order': outOfOrder, holes, strange };
  const wrong = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    ...wrong.map(([what, count]) => `${what}: ${count}`),
    ...(delivered === expected ? [] : [`${delivered} of ${expected} were delivered`]),
  ];
}

/** What nobody should have been told, whatever was broken at the time. */
function surprisesOf({ followers, clients }: World, { refusals }: Writers, stage: Stage): string[] {
  const honest = /^(503|429|no answer) /;
  // A door that cannot look into the log says so, and when to come again.
  const isSurprising = (what: string): boolean => !/"code":"unavailable".*"retryAfter"|^UNAVAILABLE$/.test(what);
  return [
    ...followers.flatMap(({ door, surprises }) => surprises.filter(isSurprising).map((what) => `${door}: ${what}`)),
    ...clients.flatMap(({ client }, index) => client.errors.map((error) => `SDK ${index}: ${String(error)}`)),
    ...[...refusals]
      .filter(([what]) => !honest.test(what))
      .map(([what, count]) => `${count} sends were answered ${what}`),
    ...[...stage.apis, ...stage.workers]
      .filter((program) => program.endedByItself() > 0)
      .map((program) => `${program.name} ended by itself ${program.endedByItself()} times`),
  ];
}
