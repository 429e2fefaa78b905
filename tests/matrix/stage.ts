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
  /** All that is stored, but for what any request may note (when a session was used, when a person was seen). */
  fingerprint(): Promise<string>;
}

const tables = [
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

  async function fingerprint(): Promise<string> {
    const parts = tables.map(
      (table) => `select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as sum from ${table} t`,
    );
    const people = `select md5(string_agg((to_jsonb(u) - 'last_seen_at')::text, ',' order by u.id)) as sum from users u`;
    const sessions = `select md5(string_agg(s.id::text || coalesce(s.ended_at::text, ''), ',' order by s.id)) as sum from sessions s`;
    // One after the other: PostgreSQL may answer the parts of a union in any order.
    const sums: string[] = [];
    for (const part of [...parts, people, sessions]) sums.push((await app.database.pool.query(part)).rows[0].sum);
    return sums.join(' ');
  }

  return { app, people, target, stranger, ended, buildScene, fingerprint };
}
