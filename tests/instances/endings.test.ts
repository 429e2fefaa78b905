import { createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chat, Tokens } from '@parley/contract';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openPubSub, type PubSub } from '../pubsub/client.ts';
import { httpOf, makeGroup, type Person, signIn, signUp } from '../support/people.ts';
import { connectSocketIO, type Talker } from '../support/socketio.ts';
import { sleep, until } from '../support/until.ts';
import { openSignedIn, type Wscat } from '../support/wscat.ts';
import { type Stage, startInstances } from './stage.ts';

let stage: Stage;
let urls: string[];
/** The first to register: the administrator. */
let ann: Person;
let group: Chat;

beforeAll(async () => {
  stage = await startInstances({ postgresUrl: inject('postgresUrl') });
  urls = stage.servers.map(({ url }) => url);
  ann = await signUp(urls[0]!);
});
afterAll(() => stage?.close());

/** One person's sockets on one instance, on every door. */
interface Doors {
  plain: Wscat;
  room: Talker;
  inbox: Talker;
  pubsub: PubSub;
}

async function openDoors(url: string, access: string, scoped: string): Promise<Doors> {
  const plain = await openSignedIn(url, access);
  const [room, inbox] = [await connectSocketIO(url, access), await connectSocketIO(`${url}/chat`, access)];
  expect(await room.ask('room:join', { chatId: group.id })).toMatchObject({ ok: true });
  const pubsub = await openPubSub(url);
  expect(await pubsub.listen(scoped, [`chat:message.${group.id}`])).toMatchObject({ error: '' });
  return { plain, room, inbox, pubsub };
}

function closeDoors({ plain, room, inbox, pubsub }: Doors): void {
  for (const socket of [plain, room, inbox, pubsub]) socket.close();
}

/** What was said, as each door told it. */
const heardBy = ({ plain, room, inbox, pubsub }: Doors): string[][] =>
  [
    plain.ofType('message'),
    room.heard('message.new'),
    inbox.heard('chat.message.new'),
    pubsub.heard.map(({ message }) => message),
  ].map((told) => told.map((payload) => (payload.message as { content: string }).content));

const isShut = ({ plain, room, inbox, pubsub }: Doors): boolean[] => [
  plain.closed() !== undefined,
  !room.isConnected(),
  !inbox.isConnected(),
  pubsub.revoked().includes(`chat:message.${group.id}`) || pubsub.closed() !== undefined,
];

const say = (content: string) => ann.http.call('messages.send', { params: { chatId: group.id }, body: { content } });

/** The same token, valid for some seconds only: signed with the key that the instances share. */
async function shortened(token: string, seconds: number): Promise<string> {
  const [header, payload] = token.split('.') as [string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const exp = Math.floor(Date.now() / 1_000) + seconds;
  const body = `${header}.${Buffer.from(JSON.stringify({ ...claims, exp })).toString('base64url')}`;
  const jwk = JSON.parse(await readFile(join(stage.dataDir, 'keys', 'signing-key.jwk.json'), 'utf8'));
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return `${body}.${sign(null, Buffer.from(body), key).toString('base64url')}`;
}

const scopedOf = async (tokens: Tokens): Promise<string> =>
  (await httpOf(urls[0]!, tokens).call('auth.socketToken', {})).token;

const lifeSeconds = 5;

interface Ending {
  how: string;
  /** The tokens live no longer than `lifeSeconds`. */
  isShort?: boolean;
  /** The sockets stay: the person is only out of that chat. */
  staysConnected?: boolean;
  end(person: Person, tokens: Tokens): Promise<unknown>;
}

const endings: Ending[] = [
  { how: 'a ban', end: ({ id }) => ann.http.call('users.ban', { params: { userId: id } }) },
  { how: 'signing out', end: (_person, tokens) => httpOf(urls[0]!, tokens).call('auth.logout', {}) },
  { how: 'a token that expires', isShort: true, end: () => sleep(lifeSeconds * 1_000) },
  {
    how: 'being removed',
    staysConnected: true,
    end: ({ id }) => ann.http.call('members.remove', { params: { chatId: group.id, userId: id } }),
  },
];

async function tokensFor({ isShort = false }: Ending, tokens: Tokens): Promise<[access: string, scoped: string]> {
  const [access, scoped] = [tokens.access_token, await scopedOf(tokens)];
  return isShort ? [await shortened(access, lifeSeconds), await shortened(scoped, lifeSeconds)] : [access, scoped];
}

async function expectShut(doors: readonly Doors[]): Promise<void> {
  const shut = () => doors.flatMap(isShut);
  await until(
    () => shut().every(Boolean),
    () => `all shut; they are: ${shut()}`,
    1_500,
  );
}

test.each(endings)('$how ends what is told on every door of every instance within a second', async (ending) => {
  const person = await signUp(urls[1]!);
  const tokens = await signIn(urls[0]!, person.username);
  group = await makeGroup(ann, [person]);
  const [access, scoped] = await tokensFor(ending, tokens);
  const doors = await Promise.all(urls.map((url) => openDoors(url, access, scoped)));
  await say('before');
  await until(() => doors.flatMap(heardBy).every((heard) => heard.includes('before')), 'all doors tell it');

  await ending.end(person, tokens);
  if (ending.staysConnected) await sleep(1_000);
  else await expectShut(doors);
  await say('after');
  await sleep(500);
  for (const heard of doors.flatMap(heardBy)) expect(heard).toEqual(['before']);
  for (const one of doors) closeDoors(one);
});

test('a channel that stops being public ends for its onlookers on every door of every instance, and for no member', async () => {
  const [onlooker, member] = [await signUp(urls[1]!), await signUp(urls[0]!)];
  const publicName = `open_${Date.now()}`;
  group = await ann.http.call('chats.create', {
    body: { type: 'channel', title: 'Open', publicName, memberIds: [member.id] },
  });
  const open = (person: Person) =>
    Promise.all(
      urls.map(async (url) => {
        const doors = await openDoors(url, person.tokens.access_token, await scopedOf(person.tokens));
        expect(await doors.plain.ask({ type: 'subscribe', chatId: group.id })).toMatchObject({ type: 'subscribed' });
        return doors;
      }),
    );
  const [ofOnlooker, ofMember] = [await open(onlooker), await open(member)];
  /** The namespace `/chat` tells members only. */
  const heardLooking = (): string[][] => ofOnlooker.flatMap((doors) => heardBy(doors).toSpliced(2, 1));
  await say('before');
  await until(
    () => heardLooking().every((heard) => heard.length > 0),
    () => `onlookers are told; they were: ${JSON.stringify(heardLooking())}`,
  );

  await ann.http.call('chats.update', { params: { chatId: group.id }, body: { publicName: null } });
  await sleep(1_000);
  await say('after');
  await until(() => ofMember.flatMap(heardBy).every((heard) => heard.includes('after')), 'members are told');
  await sleep(300);
  expect(
    heardLooking()
      .flat()
      .filter((content) => content === 'after'),
  ).toEqual([]);
  for (const one of [...ofOnlooker, ...ofMember]) closeDoors(one);
});
