import { makeChat, type Person, request, signUp } from '../people.ts';
import { query } from '../postgres.ts';

export interface Seed {
  /** The chat with the long history. */
  longChatId: string;
  /** Other chats of the reader, a few messages each. */
  chatIds: string[];
  writer: Person;
  /** The sequence of the last message of the long chat. */
  newest: number;
}

export const readerName = 'reader';
const writers = 5;
const atOnce = 8;
const fewMessages = 30;

/** A reader with one long chat, pinned on top of the list, and many short ones. */
export async function seed(databaseUrl: string, port: number, messages: number, chats: number): Promise<Seed> {
  const reader = await signUp(port, readerName);
  const others: Person[] = [];
  for (let number = 0; number < writers; number += 1) others.push(await signUp(port, `writer${number}`));
  const longChatId = await makeChat(port, reader, others);
  const chatIds = await makeChats(port, reader, others[0] as Person, chats);
  await fill(databaseUrl, chatIds, fewMessages);
  await fill(databaseUrl, [longChatId], messages);
  await request(port, 'PUT', `/chats/${longChatId}/pin`, reader.token);
  await query(databaseUrl, 'vacuum analyze');
  const [head] = await query<{ newest: string }>(
    databaseUrl,
    'select max(sequence) newest from messages where chat_id = $1',
    [longChatId],
  );
  return { longChatId, chatIds, writer: others[0] as Person, newest: Number(head?.newest) };
}

export async function makeChats(port: number, reader: Person, writer: Person, count: number): Promise<string[]> {
  const ids: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      ids.push(await makeNamedChat(port, reader, writer, `Chat ${next}`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return ids;
}

async function makeNamedChat(port: number, reader: Person, writer: Person, title: string): Promise<string> {
  const body = { type: 'group', title, memberIds: [writer.id] };
  return (await request<{ id: string }>(port, 'POST', '/chats', reader.token, body)).id;
}

/** Written by everyone in turn, in runs of three, a minute apart, short ones and long ones. All of it is read. */
export async function fill(databaseUrl: string, chatIds: readonly string[], count: number): Promise<void> {
  await query(
    databaseUrl,
    `with people as (
       select chat_id, array_agg(participant_id order by participant_id) ids from chat_members
       where chat_id = any($1::uuid[]) group by chat_id
     ), heads as (
       select chat_id, coalesce(max(sequence), 0) top from messages where chat_id = any($1::uuid[]) group by chat_id
     )
     insert into messages (chat_id, id, sequence, message_count, sender_id, client_message_id, type, content, sent_at)
     select p.chat_id, gen_random_uuid(), coalesce(h.top, 0) + n, n, p.ids[1 + (n / 3) % cardinality(p.ids)], 'seed-' || n, 'text',
       'Message ' || n || repeat(' with some more words', ((n * 7919) % 13 * (case when n % 5 = 0 then 3 else 1 end) / 3)::int),
       now() - ($2::bigint - n) * interval '1 minute'
     from people p left join heads h using (chat_id), generate_series(1, $2::bigint) n`,
    [chatIds, count],
  );
  await query(
    databaseUrl,
    `update topic_heads t set last_sequence = m.top, message_count = $2 from
       (select chat_id, max(sequence) top from messages where chat_id = any($1::uuid[]) group by chat_id) m
     where t.owner_id = m.chat_id and t.kind = 'chat'`,
    [chatIds, count],
  );
  await query(
    databaseUrl,
    `insert into read_cursors (chat_id, user_id, sequence, message_count, read_at)
     select c.chat_id, c.user_id, t.last_sequence, t.message_count, now()
     from chat_members c join topic_heads t on t.owner_id = c.chat_id and t.kind = 'chat'
     where c.chat_id = any($1::uuid[])
     on conflict (chat_id, user_id) do update
     set sequence = excluded.sequence, message_count = excluded.message_count, read_at = excluded.read_at`,
    [chatIds],
  );
}
