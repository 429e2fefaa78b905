import { randomUUID as newId } from 'node:crypto';
import type { ChatType, Message } from '@parley/contract';
import { startApp, type TestApp } from '../../apps/server/src/testing/app.ts';
import { buildUser, type Person, signIn } from '../../apps/server/src/testing/people.ts';

/** `ended` held the session of an owner until it ended; `nobody` has no token. */
export const callers = ['owner', 'admin', 'member', 'outsider', 'ended', 'nobody'] as const;
export type Caller = (typeof callers)[number];

export type Kind = 'group' | 'channel' | 'direct' | 'none';

/** A chat as a case needs it, fresh. In a direct chat there are `owner` and `member` only. */
export interface Scene {
  kind: Kind;
  chatId: string;
  /** Messages by the one who sent them; in a channel only the owner sends. */
  messages: { owner: Message; member: Message };
  publicName: string;
}

export interface Stage {
  app: TestApp;
  people: Record<'owner' | 'admin' | 'member' | 'outsider', Person>;
  /** One more member of groups and channels, to whom things are done. */
  target: Person;
  /** In no chat, to be added. */
  stranger: Person;
  ended: Person;
  buildScene(kind: Kind): Promise<Scene>;
  /**
   * The table of each row that was made, changed or removed since this was asked last. What any request may note (when a session
   * was used, when a person was seen) does not count.
   */
  changes(): Promise<string[]>;
}

const watched = [
  'users',
  'sessions',
  'chats',
  'chat_members',
  'direct_chats',
  'public_names',
  'messages',
  'message_versions',
  'hidden_messages',
  'reactions',
  'reaction_counts',
  'pinned_messages',
  'files',
  'file_parts',
  'message_files',
  'read_cursors',
  'invites',
  'invite_tokens',
  'join_requests',
  'user_blocks',
  'drafts',
  'scheduled_messages',
  'topic_heads',
  'totp_factors',
  'recovery_codes',
  'passkeys',
  'topic_log',
];

export async function setStage(): Promise<Stage> {
  const app = await startApp();
  const { url } = app;
  await watch(app.database.pool);
  // The first to register administers the installation: none of those who call.
  await buildUser(url, 'administrator');
  const [owner, admin, member, outsider, target, stranger] = (await Promise.all(
    ['owner', 'admin', 'member', 'outsider', 'target', 'stranger'].map((name) => buildUser(url, name)),
  )) as [Person, Person, Person, Person, Person, Person];
  const ended = await signIn(url, owner.username);
  await ended.ask('POST', '/auth/logout');
  const people = { owner, admin, member, outsider };

  async function buildChat(kind: Kind): Promise<{ chatId: string; publicName: string }> {
    const publicName = `name_${newId().slice(0, 8)}`;
    const memberIds = kind === 'direct' ? [member.id] : [admin.id, member.id, target.id];
    const body =
      kind === 'direct' ? { type: kind, memberIds } : { type: kind as ChatType, memberIds, title: 'T', publicName };
    const { id } = await owner.ask<{ id: string }>('POST', '/chats', { body });
    if (kind !== 'direct') await owner.ask('PATCH', `/chats/${id}/members/${admin.id}`, { body: { role: 'admin' } });
    return { chatId: id, publicName };
  }

  async function buildScene(kind: Kind): Promise<Scene> {
    const none = { kind, chatId: '', publicName: '', messages: {} as Scene['messages'] };
    if (kind === 'none') return none;
    const { chatId, publicName } = await buildChat(kind);
    const say = (person: Person) =>
      person.ask<Message>('POST', `/chats/${chatId}/messages`, { body: { content: 'hello' } });
    const ownersMessage = await say(owner);
    const membersMessage = kind === 'channel' ? ownersMessage : await say(member);
    return { kind, chatId, publicName, messages: { owner: ownersMessage, member: membersMessage } };
  }

  async function changes(): Promise<string[]> {
    const { rows } = await app.database.pool.query<{ place: string }>('delete from traces returning place');
    return rows.map(({ place }) => place);
  }

  return { app, people, target, stranger, ended, buildScene, changes };
}

/** What any request may note. */
const passing: Record<string, string[]> = {
  users: ['last_seen_at'],
  sessions: ['last_used_at', 'expires_at', 'user_agent', 'address'],
};

/** Has PostgreSQL write down what changes. A change that its transaction takes back leaves no trace. */
async function watch(pool: TestApp['database']['pool']): Promise<void> {
  await pool.query(`
    create table traces (place text);
    create function trace() returns trigger language plpgsql as $$
      begin insert into traces values (tg_argv[0]); return null; end $$`);
  for (const table of watched) {
    const [was, is] = ['old', 'new'].map((row) => `to_jsonb(${row}) - '{${passing[table] ?? []}}'::text[]`);
    await pool.query(`
      create trigger trace after insert or delete on ${table} for each row execute function trace('${table}');
      create trigger trace_changes after update on ${table} for each row
        when (${was} <> ${is}) execute function trace('${table}')`);
  }
}
