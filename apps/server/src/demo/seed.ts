import { AppError } from '@parley/contract';
import type { Db } from '../db/schema.ts';
import type { Modules } from '../modules.ts';
import { chats } from './chats.ts';
import { readsOf, rowsOf } from './past.ts';
import { password, people } from './people.ts';
import { createRandom } from './random.ts';
import { liked } from './reactions.ts';
import * as store from './store.ts';
import { pastOf } from './timeline.ts';

type Services = Pick<Modules, 'auth' | 'chats' | 'reactions' | 'users'>;

const hour = 3_600_000;
const seed = 1907;

/** Fills an empty database with people who have been talking for weeks. One that is not empty stays as it is. */
export async function seedDemo(
  modules: Services,
  db: Db,
  print: (line: string) => void,
  now: number = Date.now(),
): Promise<void> {
  if (await store.hasPeople(db)) return print('demo      not added: this installation has people of its own');
  const started = performance.now();
  const userIds = await addPeople(modules);
  if (userIds === undefined) return print('demo      not added: PASSWORD_POLICY=strict refuses its passwords');
  const chatIds = await addChats(modules, userIds);
  const count = await addPast(db, userIds, chatIds, now);
  await addReactions(modules, db, userIds, chatIds);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  print(`demo      ${people.length} people, ${chats.length} chats, ${count} messages, in ${seconds} s`);
  print(`demo      sign in as alice, bob or carol; the password is ${password}`);
}

/** One after the other: the first one administers the installation. */
async function addPeople({ auth, users }: Services): Promise<Map<string, string> | undefined> {
  const userIds = new Map<string, string>();
  for (const { username, displayName, bio } of people) {
    try {
      const { id } = await auth.register({ username, displayName, password, email: `${username}@example.org` });
      userIds.set(username, id);
      if (bio !== undefined) await users.updateMe(id, { bio });
    } catch (error) {
      if (error instanceof AppError && error.code === 'weak_password') return undefined;
      throw error;
    }
  }
  return userIds;
}

/** In the order of `chats`. */
async function addChats(modules: Services, userIds: ReadonlyMap<string, string>): Promise<string[]> {
  const chatIds: string[] = [];
  for (const { type, title, description, publicName, members } of chats) {
    const [creator, ...memberIds] = members.map((username) => userIds.get(username)!);
    const { chat } = await modules.chats.create(creator!, {
      type,
      memberIds: memberIds.length > 0 ? memberIds : [creator!],
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(publicName === undefined ? {} : { publicName }),
    });
    chatIds.push(chat.id);
  }
  return chatIds;
}

/** All of the past at once, or nothing of it. */
async function addPast(
  db: Db,
  userIds: ReadonlyMap<string, string>,
  chatIds: readonly string[],
  now: number,
): Promise<number> {
  const random = createRandom(seed);
  const pasts = chats.map((chat, index) => ({
    chat,
    rows: rowsOf(chatIds[index]!, pastOf(chat, now, random), userIds),
  }));
  const all = pasts.flatMap(({ rows }) => rows);
  await db.transaction().execute(async (trx) => {
    await store.insertPast(trx, all);
    await store.moveHeads(trx, chatIds);
    await store.ageChats(trx, chatIds);
    await store.insertReads(
      trx,
      pasts.flatMap(({ chat, rows }) => readsOf(chat, rows, userIds)),
    );
    await store.tellReads(trx, chatIds);
    for (const { username, awayHours } of people) {
      if (awayHours === undefined) continue;
      await store.setLastSeen(trx, userIds.get(username)!, new Date(now - awayHours * hour));
    }
  });
  return all.length;
}

async function addReactions(
  { reactions }: Services,
  db: Db,
  userIds: ReadonlyMap<string, string>,
  chatIds: readonly string[],
): Promise<void> {
  for (const { chat, message, by } of liked) {
    const chatId = chatIds[chats.findIndex(({ title, members }) => (title ?? members.join('+')) === chat)]!;
    const messageId = await store.findMessage(db, chatId, message);
    for (const [emoji, usernames] of Object.entries(by))
      for (const username of usernames)
        await reactions.react(userIds.get(username)!, chatId, messageId, { emoji, isWanted: true });
  }
}
