import type { ClientEventName } from '@parley/contract';
import { openLive } from '../../apps/server/src/testing/live.ts';
import type { Person } from '../../apps/server/src/testing/people.ts';
import { picture, uploadPicture } from '../support/files.ts';
import type { Stage } from './stage.ts';

/** What others, or ann on another device, do so that ann's client is told the event. */
export type Scenario = (stage: Stage) => Promise<unknown>;

const invite = async (by: Person, chatId: string, body: object): Promise<string> =>
  (await by.ask<{ token: string }>('POST', `/chats/${chatId}/invites`, { body })).token;

/** Of unread messages: one that mentions them no longer, one that does only now, one that always did. */
async function mentionAndEdit(by: Person, chatId: string, name: string, say: Stage['say']): Promise<void> {
  for (const [before, after] of [
    [name, 'nobody'],
    ['nobody', name],
    [name, `${name} again`],
  ]) {
    const messageId = await say(by, chatId, { content: before });
    await by.ask('PUT', `/chats/${chatId}/messages/${messageId}`, { body: { content: after } });
  }
}

/** A chat of which ann's client knows no more than the list tells. */
const unopened = async (ann: Person, bob: Person): Promise<string> =>
  (await bob.ask<{ id: string }>('POST', '/chats', { body: { type: 'group', title: 'T', memberIds: [ann.id] } })).id;

/** The two newest of three messages, the older one first. */
async function deleteNewest(ann: Person, bob: Person, chatId: string, say: Stage['say'], forEveryone: boolean) {
  const remove = (messageId: string) =>
    (forEveryone ? bob : ann).ask('DELETE', `/chats/${chatId}/messages/${messageId}`, { query: { forEveryone } });
  const said = [await say(bob, chatId), await say(bob, chatId), await say(bob, chatId)];
  for (const messageId of said.slice(1)) await remove(messageId);
}

/** One for each event that a client can get: an event without one does not compile. */
export const scenarios = {
  'message.new': async ({ ann, bob, group, channel, direct, messages, say }) => {
    await say(bob, group);
    await say(ann, group, { clientMessageId: 'from-elsewhere' });
    await say(bob, group, { replyToMessageId: messages.first, silent: true });
    await say(bob, channel);
    await say(bob, direct);
    await say(bob, group, { fileIds: [await uploadPicture(bob), await uploadPicture(bob)] });
    await say(bob, direct, { content: '', stickerId: 'hello' });
    const forward = (by: Person, chatId: string, body: object) =>
      by.ask('POST', `/chats/${chatId}/messages/forward`, { body });
    for (const fromChatId of [group, channel])
      await forward(bob, direct, { fromChatId, messageIds: [await say(bob, fromChatId)], silent: true });
    const pictured = await say(bob, group, { fileIds: [await uploadPicture(bob)] });
    const messageIds = [messages.first, pictured];
    await forward(ann, group, { fromChatId: group, messageIds, clientMessageIds: ['once', 'more'] });
    await say(bob, group, { content: `@${ann.username} look`, fileIds: [await uploadPicture(bob)] });
    await say(bob, group, { content: `nobody but @${bob.username}` });
    await say(bob, channel, { content: `@${ann.username} @${bob.username}` });
    await say(ann, direct, { content: `mine, @${ann.username}`, clientMessageId: 'to-myself' });
  },
  'message.updated': async ({ ann, bob, group, messages, say }) => {
    await bob.ask('PUT', `/chats/${group}/messages/${messages.first}`, { body: { content: 'what it was about' } });
    await ann.ask('PUT', `/chats/${group}/messages/${messages.answer}`, { body: { content: 'another answer' } });
    await bob.ask('PUT', `/chats/${group}/messages/${messages.last}`, { body: { content: 'the last word' } });
    const captioned = await say(bob, group, { fileIds: [await uploadPicture(bob)] });
    await bob.ask('PUT', `/chats/${group}/messages/${captioned}`, { body: { content: '' } });
    await mentionAndEdit(bob, group, `@${ann.username}`, say);
  },
  'message.deleted': async ({ ann, bob, group, channel, messages, say }) => {
    await bob.ask('PUT', `/chats/${group}/messages/${messages.last}`, { body: { content: 'soon gone' } });
    await bob.ask('DELETE', `/chats/${group}/messages/${messages.last}?forEveryone=true`);
    for (const more of [{ content: `@${ann.username}` }, {}]) {
      const named = await say(bob, group, more);
      await bob.ask('PUT', `/chats/${group}/messages/${named}`, { body: { content: `gone, @${ann.username}` } });
      await bob.ask('DELETE', `/chats/${group}/messages/${named}?forEveryone=true`);
    }
    const shown = await say(bob, group, { fileIds: [await uploadPicture(bob)] });
    await bob.ask('DELETE', `/chats/${group}/messages/${shown}?forEveryone=true`);
    await ann.ask('DELETE', `/chats/${group}/messages/${messages.first}?forEveryone=true`);
    await deleteNewest(ann, bob, channel, say, true);
    await deleteNewest(ann, bob, await unopened(ann, bob), say, true);
  },
  'message.hidden': async ({ ann, bob, group, channel, messages, say }) => {
    await ann.ask('DELETE', `/chats/${group}/messages/${messages.first}`);
    await ann.ask('DELETE', `/chats/${group}/messages/${messages.last}`);
    await bob.ask('PUT', `/chats/${group}/messages/${messages.first}`, { body: { content: 'not for ann' } });
    await bob.ask('PUT', `/chats/${group}/messages/${messages.last}`, { body: { content: `for @${ann.username}` } });
    await ann.ask('DELETE', `/chats/${group}/messages/${await say(bob, group, { content: `@${ann.username}` })}`);
    await say(bob, group, { replyToMessageId: messages.first });
    await deleteNewest(ann, bob, channel, say, false);
    await deleteNewest(ann, bob, await unopened(ann, bob), say, false);
  },
  'message.failed': async ({ ann, group, say }) => {
    const poison = { content: 'poison', clientMessageId: 'never-stored' };
    await ann.call('POST', `/chats/${group}/messages`, { body: poison });
    await say(ann, group, { content: 'after it' });
  },
  'message.pinned': async ({ ann, bob, carl, group, direct, messages, pin, say }) => {
    await pin(bob, group, messages.first);
    await pin(bob, group, messages.answer);
    await pin(bob, group, messages.first);
    await bob.ask('PUT', `/chats/${group}/messages/${messages.first}`, { body: { content: 'edited up there' } });
    await bob.ask('POST', `/chats/${group}/members`, { body: { userIds: [carl.id] } });
    await pin(bob, group, await say(carl, group));
    await pin(bob, group, await say(ann, group, { clientMessageId: 'held-up', replyToMessageId: messages.first }));
    await pin(bob, direct, await say(bob, direct));
    await ann.ask('DELETE', `/chats/${group}/messages/${messages.answer}`);
    await pin(ann, group, messages.last);
  },
  'message.unpinned': async ({ ann, bob, group, messages, pin, say }) => {
    for (const messageId of [messages.first, messages.answer, messages.last]) await pin(bob, group, messageId);
    await bob.ask('DELETE', `/chats/${group}/messages/${messages.first}/pin`);
    await bob.ask('DELETE', `/chats/${group}/messages/${messages.last}?forEveryone=true`);
    await ann.ask('DELETE', `/chats/${group}/messages/${messages.answer}/pin`);
    await pin(ann, group, await say(bob, group));
  },
  'reaction.added': async ({ ann, bob, carl, group, messages, react, say }) => {
    await react(bob, group, messages.first, '👍');
    await react(ann, group, messages.first, '👍');
    await react(ann, group, messages.first, '❤️');
    await react(bob, group, messages.first, '❤️');
    await react(bob, group, await say(bob, group), '🎉');
    await bob.ask('POST', `/chats/${group}/members`, { body: { userIds: [carl.id] } });
    await react(carl, group, messages.first, '🔥');
    await bob.ask('PUT', `/chats/${group}/messages/${messages.first}`, { body: { content: 'edited under them' } });
    await react(bob, group, messages.last, '👀');
    await bob.ask('DELETE', `/chats/${group}/messages/${messages.last}?forEveryone=true`);
  },
  'reaction.removed': async ({ ann, bob, group, messages, react }) => {
    for (const emoji of ['🎉', '👍', '❤️']) await react(bob, group, messages.first, emoji);
    await react(ann, group, messages.first, '👍');
    await react(ann, group, messages.first, '❤️');
    for (const emoji of ['🎉', '👍']) await react(bob, group, messages.first, emoji);
    await react(ann, group, messages.first, '❤️');
    await react(bob, group, messages.first, '🎉');
    await react(bob, group, messages.answer, '🙏');
    await react(bob, group, messages.answer, '🙏');
  },
  'typing.updated': async ({ app, bob, group }) => {
    const live = await openLive(app.url, bob.token);
    live.send({ type: 'typing', chatId: group });
    await live.until(({ type }) => type === 'typing');
    live.send({ type: 'typing', chatId: group, state: 'stop' });
    await live.close();
  },
  'receipt.updated': async ({ bob, group, direct, say, ann }) => {
    await say(ann, group);
    await say(ann, direct);
    await bob.ask('POST', `/chats/${group}/read`, { body: {} });
    await bob.ask('POST', `/chats/${direct}/read`, { body: { sequence: 1 } });
    await say(ann, direct);
    await ann.ask('PATCH', `/chats/${group}`, { body: { title: 'A service message is newest' } });
    await bob.ask('POST', `/chats/${group}/read`, { body: {} });
  },
  'chat.read': async ({ ann, bob, group, channel, say }) => {
    await say(bob, group);
    await say(bob, channel);
    for (const chatId of [group, group, channel]) await say(bob, chatId, { content: `@${ann.username}` });
    await ann.ask('POST', `/chats/${group}/read`, { body: { sequence: 2 } });
    await ann.ask('POST', `/chats/${group}/read`, { body: { sequence: 5 } });
    await say(bob, group, { content: `@${ann.username}` });
    await ann.ask('POST', `/chats/${group}/read`, { body: {} });
    await ann.ask('POST', `/chats/${channel}/read`, { body: {} });
  },
  'chat.created': async ({ ann, bob, carl, say }) => {
    const made = await bob.ask<{ id: string }>('POST', '/chats', {
      body: { type: 'group', title: 'New', memberIds: [ann.id] },
    });
    await say(bob, made.id);
    await bob.ask('POST', `/chats/${made.id}/members`, { body: { userIds: [carl.id] } });
    await carl.ask('POST', '/chats', { body: { type: 'direct', memberIds: [ann.id] } });
    await ann.ask('POST', '/chats', { body: { type: 'direct', memberIds: [ann.id] } });
  },
  'chat.updated': async ({ bob, group, channel }) => {
    const publicName = `name_${group.slice(-8)}`;
    await bob.ask('PATCH', `/chats/${group}`, { body: { title: 'Renamed', description: 'About', publicName } });
    await bob.ask('PATCH', `/chats/${group}`, { body: { publicName: null } });
    await bob.ask('PATCH', `/chats/${channel}`, { body: { description: 'News' } });
    await bob.ask('POST', `/chats/${channel}/avatar`, { body: await picture() });
  },
  'chat.deleted': async ({ bob, group, direct, say }) => {
    await say(bob, group);
    await bob.ask('DELETE', `/chats/${group}`);
    await bob.ask('DELETE', `/chats/${direct}`);
  },
  'chat.left': async ({ ann, bob, group, channel }) => {
    await bob.ask('DELETE', `/chats/${group}/members/${ann.id}`);
    await ann.ask('POST', `/chats/${channel}/leave`);
  },
  'chat.member_joined': async ({ ann, bob, carl, group, say }) => {
    await ann.ask('POST', `/chats/${group}/members`, { body: { userIds: [carl.id] } });
    await say(carl, group);
    await bob.ask('DELETE', `/chats/${group}/members/${carl.id}`);
    await bob.ask('POST', `/chats/${group}/members`, { body: { userIds: [carl.id] } });
  },
  'chat.member_left': async ({ bob, carl, group, channel, say }) => {
    for (const chatId of [group, channel]) {
      await bob.ask('POST', `/chats/${chatId}/members`, { body: { userIds: [carl.id] } });
    }
    await say(carl, group);
    await carl.ask('POST', `/chats/${group}/read`, { body: {} });
    await carl.ask('POST', `/chats/${group}/leave`);
    await bob.ask('DELETE', `/chats/${channel}/members/${carl.id}`);
  },
  'chat.participant_updated': async ({ ann, bob, group }) => {
    await bob.ask('PATCH', '/me', { body: { displayName: 'Robert' } });
    await bob.ask('PUT', '/me/avatar', { body: await picture() });
    await bob.ask('PATCH', `/chats/${group}/members/${ann.id}`, { body: { role: 'member' } });
    await bob.ask('PATCH', `/chats/${group}/members/${ann.id}`, { body: { role: 'owner' } });
  },
  'chat.join_requested': async ({ ann, bob, carl, group }) => {
    await carl.ask('POST', `/invites/${await invite(bob, group, { requiresApproval: true })}/join`);
    await bob.ask('PATCH', `/chats/${group}/members/${ann.id}`, { body: { role: 'member' } });
    await bob.ask('PATCH', `/chats/${group}/members/${ann.id}`, { body: { role: 'admin' } });
  },
  'chat.join_resolved': async ({ ann, bob, carl, group, channel }) => {
    const token = await invite(bob, group, { requiresApproval: true });
    await carl.ask('POST', `/invites/${token}/join`);
    await ann.ask('POST', `/chats/${group}/join-requests/${carl.id}/refuse`);
    await carl.ask('POST', `/invites/${token}/join`);
    await bob.ask('POST', `/chats/${group}/join-requests/${carl.id}/approve`);
    await ann.ask('POST', `/chats/${channel}/leave`);
    await ann.ask('POST', `/invites/${await invite(bob, channel, { requiresApproval: true })}/join`);
    await bob.ask('POST', `/chats/${channel}/join-requests/${ann.id}/approve`);
  },
  'draft.updated': async ({ ann, group, channel, messages }) => {
    await ann.ask('PUT', `/chats/${group}/draft`, { body: { content: 'begun', replyToMessageId: messages.first } });
    await ann.ask('PUT', `/chats/${channel}/draft`, { body: { content: 'begun' } });
    await ann.ask('PUT', `/chats/${channel}/draft`, { body: { content: '' } });
  },
  'chat.flags_updated': async ({ ann, group, direct }) => {
    for (const flag of ['pin', 'favorite', 'archive', 'mute']) {
      await ann.ask('PUT', `/chats/${group}/${flag}`, flag === 'mute' ? { body: {} } : {});
      await ann.ask('PUT', `/chats/${direct}/${flag}`, flag === 'mute' ? { body: {} } : {});
      await ann.ask('DELETE', `/chats/${direct}/${flag}`);
    }
  },
  'user.updated': async ({ ann }) => {
    await ann.ask('PATCH', '/me', { body: { displayName: 'Anna', bio: 'Here and there' } });
    await ann.ask('PUT', '/me/avatar', { body: await picture() });
  },
  'settings.updated': async ({ ann, bob, group, direct, say }) => {
    await ann.ask('PUT', '/settings', { body: { theme: 'dark', app: { accent: 'teal' } } });
    await say(ann, group);
    await bob.ask('POST', `/chats/${group}/read`, { body: {} });
    await ann.ask('PUT', '/settings', { body: { readReceipts: false } });
    await ann.ask('PUT', '/settings', { body: { readReceipts: true } });
    await say(ann, direct);
    await bob.ask('POST', `/chats/${direct}/read`, { body: {} });
    await ann.ask('PUT', '/settings', { body: { readReceipts: false } });
  },
  'block.updated': async ({ ann, bob, carl }) => {
    await ann.ask('PUT', `/blocks/${carl.id}`);
    await ann.ask('PUT', `/blocks/${bob.id}`);
    await ann.ask('DELETE', `/blocks/${carl.id}`);
  },
  'presence.updated': async ({ app, bob }) => {
    const live = await openLive(app.url, bob.token);
    live.send({ type: 'presence_update', status: 'away' });
    await live.ask({ type: 'ping' });
  },
} as const satisfies Record<ClientEventName, Scenario>;
