import { createHttp, type Http } from '@parley/client';
import { httpOf } from '../support/people.ts';

/** Where the furnished things are. */
export interface Furnished {
  /** A group of alice's: with links, one of them used up, somebody who waits, pins, reactions and a scheduled message. */
  chatId: string;
  /** Her chat with bob. */
  directId: string;
  /** Into a chat she is not in, and may ask to be let in. */
  ask: string;
  /** Into one where she waits. */
  waiting: string;
}

const dayMs = 86_400_000;
const after = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

async function callAs(url: string, username: string): Promise<Http['call']> {
  const login = await createHttp({ baseUrl: url }).call('auth.login', { body: { username, password: 'testpass' } });
  return httpOf(url, login).call;
}

/** The demo has nothing of what waits for a person. Alice blocks kofi, too. */
export async function furnish(url: string): Promise<Furnished> {
  const [alice, bob, dana, ivan, lena] = (await Promise.all(
    ['alice', 'bob', 'dana', 'ivan', 'lena'].map((name) => callAs(url, name)),
  )) as [Http['call'], Http['call'], Http['call'], Http['call'], Http['call']];
  const chats = (await alice('chats.list', { query: {} })).items;
  const chatId = chats.find(({ title }) => title === 'Saturday Hikes')!.id;
  const directId = chats.find(({ peer }) => peer?.username === 'bob')!.id;
  await fillRoom(alice, bob, chatId);
  await fillDoor(alice, { asks: ivan, comes: lena }, chatId);
  const kofi = (await alice('members.list', { params: { chatId }, query: {} })).items.find(
    ({ username }) => username === 'kofi',
  );
  await alice('blocks.add', { params: { userId: kofi!.userId! } });
  const [ask, waiting] = [await makeDoor(dana, 'Quartet'), await makeDoor(dana, 'Octet')];
  await alice('invites.join', { params: { token: waiting } });
  return { chatId, directId, ask, waiting };
}

async function fillDoor(owner: Http['call'], people: Record<'asks' | 'comes', Http['call']>, chatId: string) {
  const params = { chatId };
  const once = await owner('invites.create', { params, body: { maxUses: 1 } });
  const ask = await owner('invites.create', { params, body: { requiresApproval: true, expiresAt: after(7) } });
  await people.comes('invites.join', { params: { token: once.token } });
  await people.asks('invites.join', { params: { token: ask.token } });
}

async function fillRoom(owner: Http['call'], other: Http['call'], chatId: string) {
  const { items } = await owner('messages.page', { params: { chatId }, query: { limit: 5 } });
  for (const { id } of items.slice(-2)) {
    await owner('pins.add', { params: { chatId, messageId: id } });
    for (const call of [owner, other])
      await call('reactions.toggle', { params: { chatId, messageId: id }, body: { emoji: '👍' } });
  }
  const body = { content: 'The 8:14, platform two.', scheduledAt: after(1), silent: true };
  await owner('messages.send', { params: { chatId }, body });
}

/** A chat, and a link that leads before its door. */
async function makeDoor(owner: Http['call'], title: string): Promise<string> {
  const { id: chatId } = await owner('chats.create', { body: { type: 'group', title, memberIds: [] } });
  const invite = await owner('invites.create', { params: { chatId }, body: { requiresApproval: true } });
  return invite.token;
}
