import { type Person, request, signUp } from '../people.ts';
import { query } from '../postgres.ts';
import { fill, makeChats } from './seed.ts';

export const organiserName = 'organiser';

/** Somebody with so many chats, the last of them a group of so many people. */
export async function seedCrowd(
  databaseUrl: string,
  port: number,
  writer: Person,
  size: { chats: number; members: number },
): Promise<{ groupId: string }> {
  const organiser = await signUp(port, organiserName);
  const chatIds = await makeChats(port, organiser, writer, size.chats - 1);
  const memberIds = await makePeople(databaseUrl, organiser, size.members - 1);
  const body = { type: 'group', title: 'Everybody', memberIds };
  const { id: groupId } = await request<{ id: string }>(port, 'POST', '/chats', organiser.token, body);
  await fill(databaseUrl, chatIds, 1);
  await fill(databaseUrl, [groupId], 30);
  await query(databaseUrl, 'vacuum analyze');
  return { groupId };
}

/** Without passwords of their own: registering hundreds takes minutes. */
async function makePeople(databaseUrl: string, { id }: Person, count: number): Promise<string[]> {
  const people = await query<{ id: string }>(
    databaseUrl,
    `with people as (
       insert into users (id, username, username_key, email, email_key, display_name, password_hash)
       select gen_random_uuid(), name, name, name || '@example.org', name || '@example.org', 'Member ' || n, password_hash
       from users, generate_series(1, $2::int) n, lateral (select 'member' || n as name) names
       where users.id = $1
       returning id
     ), heads as (
       insert into topic_heads (owner_id, kind) select id, 'user' from people
     )
     select id from people`,
    [id, count],
  );
  return people.map((person) => person.id);
}
