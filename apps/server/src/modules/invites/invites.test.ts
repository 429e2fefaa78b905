import type { Chat, Invite, InvitePreview, JoinRequest, MessagePage } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let now = Date.now();
let owner: Person;
let member: Person;
let others: Person[];
let chatId: string;
beforeAll(async () => {
  app = await startApp({ now: () => now });
  [owner, member, ...others] = (await Promise.all(
    Array.from({ length: 8 }, (_, index) => buildUser(app.url, `p${index}`)),
  )) as [Person, Person, ...Person[]];
});
afterAll(() => app.close());
beforeEach(async () => {
  const body = { type: 'group', title: 'Club', description: 'Chess', memberIds: [member.id] };
  chatId = (await owner.ask<Chat>('POST', '/chats', { body })).id;
});

const other = (index: number): Person => others[index]!;
const invite = (body: object = {}) => owner.ask<Invite>('POST', `/chats/${chatId}/invites`, { body });
const list = async () => (await owner.ask<{ items: Invite[] }>('GET', `/chats/${chatId}/invites`)).items;
const join = (person: Person, { token }: Invite) => person.call('POST', `/invites/${token}/join`);
const preview = (person: Person, { token }: Invite) => person.ask<InvitePreview>('GET', `/invites/${token}/preview`);
/** Without signing in. */
const look = async ({ token }: Invite) => {
  const answer = await fetch(`${app.url}/v1/invites/${token}/glimpse`);
  return [answer.status, await answer.json()];
};
const requests = async () => (await owner.ask<{ items: JoinRequest[] }>('GET', `/chats/${chatId}/join-requests`)).items;
const settle = (how: 'approve' | 'refuse', person: Person) =>
  owner.call('POST', `/chats/${chatId}/join-requests/${person.id}/${how}`);
const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as { code: string }).code];
const chatOf = (person: Person) => person.ask<Chat>('GET', `/chats/${chatId}`);

describe('a link', () => {
  test('shows where it leads, and lets one in once', async () => {
    const link = await invite();
    expect(link.token.length).toBeGreaterThanOrEqual(22);
    expect(await preview(other(0), link)).toEqual({
      type: 'group',
      title: 'Club',
      description: 'Chess',
      memberCount: 2,
      requiresApproval: false,
      isMember: false,
      isWaiting: false,
    });
    expect(await join(other(0), link)).toMatchObject({ status: 200, body: { id: chatId, memberCount: 3 } });
    expect(await join(other(0), link)).toMatchObject({ status: 200, body: { id: chatId, memberCount: 3 } });
    expect(await preview(other(0), link)).toMatchObject({ isMember: true, chatId });
    expect(await list()).toMatchObject([{ token: link.token, useCount: 1 }]);
    const { items } = await owner.ask<MessagePage>('GET', `/chats/${chatId}/messages`);
    expect(items.map(({ service }) => service)).toEqual([{ action: 'member_joined', actorId: other(0).id }]);
  });

  test('has as many places as it says, however many come at once', async () => {
    const link = await invite({ maxUses: 3 });
    const answers = await Promise.all(others.map((person) => join(person, link)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status !== 200).map(codeOf);
    expect(refused).toEqual(refused.map(() => [410, 'invite_used_up']));
    expect(refused).toHaveLength(3);
    expect((await chatOf(owner)).memberCount).toBe(5);
    expect(await list()).toMatchObject([{ maxUses: 3, useCount: 3 }]);
  });

  test('ends when it says, or when it is withdrawn', async () => {
    const ending = await invite({ expiresAt: new Date(now + 60_000).toISOString() });
    const withdrawn = await invite();
    await owner.ask('DELETE', `/invites/${withdrawn.token}`);
    await owner.ask('DELETE', `/invites/${withdrawn.token}`);
    expect(await list()).toMatchObject([{ token: ending.token }]);
    now += 60_000;
    expect(codeOf(await join(other(0), ending))).toEqual([410, 'invite_expired']);
    expect(codeOf(await join(other(0), withdrawn))).toEqual([410, 'invite_revoked']);
  });

  test('tells somebody who is not signed in what it leads into, and nothing more', async () => {
    const link = await invite({ requiresApproval: true });
    expect(await look(link)).toEqual([
      200,
      { type: 'group', title: 'Club', description: 'Chess', memberCount: 2, requiresApproval: true },
    ]);
    const full = await invite({ maxUses: 1 });
    await join(other(0), full);
    const ending = await invite({ expiresAt: new Date(now + 60_000).toISOString() });
    now += 60_000;
    const withdrawn = await invite();
    await owner.ask('DELETE', `/invites/${withdrawn.token}`);
    const answers = await Promise.all([full, ending, withdrawn].map(look));
    for (const [status, body] of answers) {
      expect([status, body]).toMatchObject([410, { code: 'invite_over' }]);
      expect(JSON.stringify(body)).not.toContain('Club');
    }
  });

  test('is of no use when the chat is gone', async () => {
    const link = await invite();
    await owner.ask('DELETE', `/chats/${chatId}`);
    expect(codeOf(await join(other(0), link))).toEqual([404, 'invite_not_found']);
    expect(await look(link)).toMatchObject([404, { code: 'invite_not_found' }]);
  });

  test('lets nobody back in by themself who was removed', async () => {
    const link = await invite();
    await owner.ask('DELETE', `/chats/${chatId}/members/${member.id}`);
    expect(await preview(member, link)).toMatchObject({ requiresApproval: true });
    expect((await join(member, link)).status).toBe(202);
    await settle('approve', member);
    expect((await chatOf(member)).myRole).toBe('member');
    await member.ask('POST', `/chats/${chatId}/leave`);
    expect((await join(member, link)).status).toBe(200);
  });
});

describe('who asks to be let in', () => {
  test('waits, holds a place, and comes in by the word of an admin', async () => {
    const link = await invite({ requiresApproval: true, maxUses: 1 });
    expect(await join(other(0), link)).toMatchObject({ status: 202, body: { chatId, isWaiting: true } });
    expect((await join(other(0), link)).status).toBe(202);
    expect(await preview(other(0), link)).toMatchObject({ isWaiting: true, isMember: false });
    expect(codeOf(await join(other(1), link))).toEqual([410, 'invite_used_up']);
    expect((await requests()).map(({ user }) => user.id)).toEqual([other(0).id]);
    expect((await chatOf(owner)).joinRequestCount).toBe(1);
    expect((await chatOf(member)).joinRequestCount).toBeUndefined();
    expect((await settle('approve', other(0))).status).toBe(204);
    expect(codeOf(await settle('approve', other(0)))).toEqual([404, 'request_not_found']);
    expect((await chatOf(owner)).joinRequestCount).toBeUndefined();
    expect((await chatOf(other(0))).memberCount).toBe(3);
  });

  test('gives the place back when refused, and may ask again', async () => {
    const link = await invite({ requiresApproval: true, maxUses: 1 });
    await join(other(0), link);
    expect((await settle('refuse', other(0))).status).toBe(204);
    expect(await list()).toMatchObject([{ useCount: 0 }]);
    expect((await join(other(0), link)).status).toBe(202);
  });

  test('waits no longer once added by hand', async () => {
    await join(other(0), await invite({ requiresApproval: true }));
    await owner.ask('POST', `/chats/${chatId}/members`, { body: { userIds: [other(0).id] } });
    expect(await requests()).toEqual([]);
  });

  test('is told what became of it, as are the admins, and nobody else', async () => {
    const [boss, asker, mere] = await Promise.all([owner, other(0), member].map((one) => openLive(app.url, one.token)));
    await join(other(0), await invite({ requiresApproval: true }));
    await boss!.until(({ event }) => event === 'chat.join_requested');
    await settle('approve', other(0));
    await Promise.all([boss!, asker!].map((live) => live.until(({ event }) => event === 'chat.join_resolved')));
    await mere!.until(({ type }) => type === 'chat_member_joined');
    const told = (live: typeof boss) =>
      live!.events.filter(({ name }) => name.startsWith('chat.join_')).map(({ name, frame }) => [name, frame.data]);
    const facts = { chatId, requesterId: other(0).id };
    const resolved = { ...facts, outcome: 'approved' };
    expect(told(boss)).toEqual([
      ['chat.join_requested', { ...facts, joinRequestCount: 1 }],
      ['chat.join_resolved', { ...resolved, joinRequestCount: 0 }],
    ]);
    expect(told(asker)).toEqual([['chat.join_resolved', resolved]]);
    expect(told(mere)).toEqual([]);
    await Promise.all([boss, asker, mere].map((live) => live!.close()));
  });

  test('many at once: every admin ends with the right count', async () => {
    const link = await invite({ requiresApproval: true });
    await owner.ask('PATCH', `/chats/${chatId}/members/${member.id}`, { body: { role: 'admin' } });
    await Promise.all(others.map((person) => join(person, link)));
    await Promise.all([
      ...others.slice(0, 3).map((person) => settle('approve', person)),
      ...others.slice(3, 5).map((person) => settle('refuse', person)),
    ]);
    expect((await chatOf(owner)).joinRequestCount).toBe(1);
    expect((await chatOf(member)).joinRequestCount).toBe(1);
    expect((await chatOf(owner)).memberCount).toBe(5);
  });
});

test('a chat has no more links than it can show', async () => {
  await Promise.all(Array.from({ length: 100 }, () => invite()));
  const answer = await owner.call('POST', `/chats/${chatId}/invites`, { body: {} });
  expect(codeOf(answer)).toEqual([422, 'too_many_invites']);
});
