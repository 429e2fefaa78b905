import type { Chat } from '@parley/contract';
import { historyOf, written } from '../support/history.ts';
import { httpOf, makeGroup, type Person, signUp } from '../support/people.ts';
import type { Random } from '../support/random.ts';
import { sleep, until } from '../support/until.ts';
import { doors, type Follower, startFollower } from './followers.ts';
import { type Stage, startInstances } from './stage.ts';

export interface MixedOptions {
  postgresUrl: string;
  clients: number;
  chats: number;
  /** Messages a second, over all chats. */
  rate: number;
  /** How long is published. Redis is started again twice and an instance once in that time. */
  seconds: number;
  random: Random;
  print(line: string): void;
}

export interface MixedCounts {
  acknowledged: number;
  stored: number;
  /** Acknowledged and not stored, or stored twice. */
  lost: number;
  doubled: number;
  clients: number;
  reconnections: number;
  /** Messages that all clients together should have, and have. */
  expected: number;
  taken: number;
  /** Clients that missed a message, have one twice, or in another order than the log. */
  wrong: string[];
  surprises: string[];
  /** Dropped by clients because a replay told them again. */
  repeats: number;
}

const memberCount = 5;

/**
 * Clients on all doors of two instances, cut at random, under steady publishing, while one instance is killed and started
 * again and Redis is started again twice. At the end each client must have exactly the messages of its chat's log.
 */
export async function runMixed(options: MixedOptions): Promise<MixedCounts> {
  const { print, random } = options;
  const stage = await startInstances({ postgresUrl: options.postgresUrl });
  const followers: Follower[] = [];
  try {
    const { members, chats } = await settle(stage, options.chats);
    const anyUrl = () => random.pick(stage.servers).url;
    for (let index = 0; index < options.clients; index += 1) {
      const member = members[index % members.length]!;
      const chat = chats[random.between(0, chats.length - 1)]!;
      followers.push(
        startFollower({
          door: doors[index % doors.length]!,
          url: anyUrl,
          tokens: member.tokens,
          chatId: chat.id,
          since: chat.position,
        }),
      );
    }
    await until(() => followers.every((follower) => follower.isOnline()), 'all clients are online', 60_000);
    print(`${followers.length} clients online, on ${doors.join(', ')}`);

    let isOver = false;
    const cutting = cutAtRandom(followers, random, () => isOver);
    const writing = writers(stage, members, chats, options, () => isOver);
    await trouble(stage, options);
    isOver = true;
    await cutting;
    const acknowledged = (await writing).flat();
    print(`${acknowledged.length} messages acknowledged; waiting for the clients`);
    return await compare(members[0]!.person, chats, acknowledged, followers);
  } finally {
    for (const follower of followers) follower.stop();
    await stage.close();
  }
}

interface Member {
  person: Person;
  tokens: { access: string; scoped: string };
}

async function settle(stage: Stage, chatCount: number): Promise<{ members: Member[]; chats: Chat[] }> {
  const [url] = stage.servers.map((server) => server.url);
  const members: Member[] = [];
  for (let index = 0; index < memberCount; index += 1) {
    const person = await signUp(url!);
    const { token } = await person.http.call('auth.socketToken', {});
    members.push({ person, tokens: { access: person.tokens.access_token, scoped: token } });
  }
  const [owner, ...others] = members.map(({ person }) => person);
  for (let index = 0; index < chatCount; index += 1) await makeGroup(owner!, others, `chat ${index}`);
  // Read again: making a chat says things in it.
  const { items } = await owner!.http.call('chats.list', {});
  return { members, chats: items };
}

async function cutAtRandom(followers: readonly Follower[], random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    random.pick(followers).cut();
    // About every fourth client is cut once in ten seconds.
    await sleep(40_000 / followers.length);
  }
}

/** One writer a chat: each message is sent until it is acknowledged, with a key, through whichever instance answers. */
function writers(
  stage: Stage,
  members: readonly Member[],
  chats: readonly Chat[],
  { rate, random }: MixedOptions,
  isOver: () => boolean,
): Promise<string[][]> {
  const pauseMs = (1_000 * chats.length) / rate;
  async function write({ id: chatId }: Chat, index: number): Promise<string[]> {
    const acknowledged: string[] = [];
    const { person } = members[index % members.length]!;
    for (let count = 0; !isOver(); count += 1) {
      const body = { content: `message ${count}`, clientMessageId: `key-${index}-${count}` };
      for (let id: string | undefined; id === undefined; ) {
        const http = httpOf(random.pick(stage.servers).url, person.tokens);
        const call = http.call('messages.send', { params: { chatId }, body, timeoutMs: 5_000 });
        id = await call.then(
          (answer) => answer.id,
          () => undefined,
        );
        if (id === undefined) await sleep(100);
        else acknowledged.push(id);
      }
      await sleep(pauseMs * (0.5 + random.next()));
    }
    return acknowledged;
  }
  return Promise.all(chats.map(write));
}

async function trouble(stage: Stage, { seconds, print }: MixedOptions): Promise<void> {
  const step = (seconds * 1_000) / 6;
  const restartRedis = async (): Promise<void> => {
    print('Redis is killed');
    await stage.redis.kill9();
    await sleep(step / 2);
    await stage.redis.restart();
    print('Redis is there again');
    await sleep(step / 2);
  };
  await sleep(step);
  await restartRedis();
  print('an instance is killed');
  await stage.servers[1]!.kill9();
  await sleep(step);
  await stage.servers[1]!.restart();
  print('the instance is there again');
  await sleep(step);
  await restartRedis();
  await sleep(step);
}

async function compare(
  reader: Person,
  chats: readonly Chat[],
  acknowledged: readonly string[],
  followers: readonly Follower[],
): Promise<MixedCounts> {
  const logs = new Map<string, string[]>();
  for (const chat of chats) {
    const messages = written(await historyOf(reader, chat.id)).sort((a, b) => a.sequence - b.sequence);
    logs.set(
      chat.id,
      messages.map(({ id }) => id),
    );
  }
  const isComplete = (follower: Follower): boolean => follower.taken.length >= logs.get(follower.chatId)!.length;
  await until(() => followers.every(isComplete), 'every client has as many messages as the log', 60_000).catch(
    () => {},
  );
  const stored = [...logs.values()].flat();
  const known = new Set(stored);
  return {
    acknowledged: acknowledged.length,
    stored: stored.length,
    lost: acknowledged.filter((id) => !known.has(id)).length,
    doubled: stored.length - known.size,
    clients: followers.length,
    reconnections: sum(followers, (follower) => follower.connections() - 1),
    expected: sum(followers, ({ chatId }) => logs.get(chatId)!.length),
    taken: sum(followers, ({ taken }) => taken.length),
    wrong: followers.flatMap((follower, index) => {
      const difference = differenceOf(follower.taken, logs.get(follower.chatId)!);
      return difference === undefined ? [] : [`client ${index} on ${follower.door}: ${difference}`];
    }),
    surprises: followers.flatMap(({ door, surprises }) => surprises.map((what) => `${door}: ${what}`)),
    repeats: sum(followers, (follower) => follower.repeats()),
  };
}

function differenceOf(taken: readonly string[], log: readonly string[]): string | undefined {
  if (taken.length === log.length && taken.every((id, index) => id === log[index])) return undefined;
  const missed = log.filter((id) => !taken.includes(id)).length;
  return `${taken.length} of ${log.length}, ${missed} missed, ${taken.length - new Set(taken).size} doubled`;
}

const sum = <T>(items: readonly T[], count: (item: T) => number): number =>
  items.reduce((total, item) => total + count(item), 0);
