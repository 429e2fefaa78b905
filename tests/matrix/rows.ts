import { randomUUID as newId } from 'node:crypto';
import type { ErrorCode, RouteName } from '@parley/contract';
import { password, signIn } from '../../apps/server/src/testing/people.ts';
import { form, picture } from '../support/files.ts';
import { appending, begun, begunBy, ofStranger, requested, shown, tus, uploaded } from './files.ts';
import type { Caller, Kind, Scene, Stage } from './stage.ts';

export interface Input {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean>;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Outcome = 'ok' | ErrorCode;

/** One way of calling a route. What is expected follows from the route's `access`; a case names only what differs. */
export interface Case {
  name?: string;
  /** `group` by default where the route names a chat. */
  kind?: Kind;
  /** What is sent besides the chat's id. */
  input?(scene: Scene, stage: Stage, caller: Caller): Input | Promise<Input>;
  expected?: Partial<Record<Caller, Outcome>>;
  /** The call ends the session it comes by. */
  endsSession?: true;
}

const plain: readonly Case[] = [{}];
const chat = plain;
const inAnyChat: readonly Case[] = [{}, { kind: 'channel' }, { kind: 'direct' }];
const insiders = (outcome: Outcome) => ({ owner: outcome, admin: outcome, member: outcome });
const pair = (outcome: Outcome) => ({ owner: outcome, member: outcome });

const of = (scene: Scene, who: 'owner' | 'member') => ({ messageId: scene.messages[who].id });
const noMessage = () => ({ params: { messageId: newId() } });

const onMessage = (input: Partial<Input> = {}) => ({
  membersOwn: (scene: Scene) => ({ params: of(scene, 'member'), ...input }),
  ownersOwn: (scene: Scene) => ({ params: of(scene, 'owner'), ...input }),
  missing: () => ({ ...noMessage(), ...input }),
});

const edit = onMessage({ body: { content: 'edited' } });
const hide = onMessage();
const erase = onMessage({ query: { forEveryone: true } });
const history = onMessage();
const forward = (scene: Scene) => ({
  body: { fromChatId: scene.chatId, messageIds: [scene.messages.owner.id] },
});
const pin = onMessage();
const react = onMessage({ body: { emoji: '👍' } });
const target = (body?: unknown) => (_: Scene, stage: Stage) => ({ params: { userId: stage.target.id }, body });
const send = () => ({ body: { content: 'hi' } });
const flag = inAnyChat;
const noPasskey = { id: 'bm8', rawId: 'bm8', type: 'public-key', response: { clientDataJSON: 'bm8' } };

const noInvite = () => ({ params: { token: 'no-such-link' } });
const signedIn = (outcome: Outcome) => ({ ...insiders(outcome), outsider: outcome });
const anybody = (outcome: Outcome) => ({ ...signedIn(outcome), ended: outcome, nobody: outcome });
const invited =
  (body: object = {}) =>
  async (scene: Scene, { people }: Stage) => {
    const { token } = await people.owner.ask<{ token: string }>('POST', `/chats/${scene.chatId}/invites`, { body });
    return { params: { token } };
  };

async function revoked(scene: Scene, stage: Stage) {
  const link = await invited()(scene, stage);
  await stage.people.owner.ask('DELETE', `/invites/${link.params.token}`);
  return link;
}

/** A message that a member has scheduled. */
const later =
  (body?: object) =>
  async (scene: Scene, { people }: Stage) => {
    const scheduledAt = new Date(Date.now() + 6_000_000).toISOString();
    const send = { body: { content: 'later', scheduledAt } };
    const { id } = await people.member.ask<{ id: string }>('POST', `/chats/${scene.chatId}/messages`, send);
    return { params: { messageId: id }, ...(body === undefined ? {} : { body }) };
  };

/** The stranger waits to be let in. */
async function asked(scene: Scene, stage: Stage) {
  const link = await invited({ requiresApproval: true })(scene, stage);
  await stage.stranger.ask('POST', `/invites/${link.params.token}/join`);
  return { params: { userId: stage.stranger.id } };
}

/** A row for each route: a route without one does not compile. */
export const rows = {
  'auth.register': [{ input: () => ({ body: account() }) }],
  'auth.login': [
    { input: (_scene, { stranger }) => ({ body: { username: stranger.username, password: 'a long enough secret' } }) },
    {
      name: 'with a wrong password',
      input: (_scene, { stranger }) => ({ body: { username: stranger.username, password: 'not the secret' } }),
      expected: everyone('invalid_credentials'),
    },
  ],
  'auth.refresh': [
    {
      input: async (_scene, { app, stranger }) => ({
        body: { refresh_token: (await signIn(app.url, stranger.username)).refreshToken },
      }),
    },
    {
      name: 'with that of an ended session',
      input: (_scene, { ended }) => ({ body: { refresh_token: ended.refreshToken } }),
      expected: everyone('session_ended'),
    },
  ],
  'auth.logout': [{ endsSession: true }],
  'auth.socketToken': [{ input: () => ({ body: {} }) }],
  'auth.socketTokenGet': plain,
  'sessions.list': plain,
  'sessions.end': [
    {
      name: 'one that is not theirs',
      input: async (_scene, { app, target: { username } }) => ({
        params: { sessionId: await sessionOf(app.url, username) },
      }),
      expected: { ...insiders('session_not_found'), outsider: 'session_not_found' },
    },
    {
      name: 'one that is not there',
      input: () => ({ params: { sessionId: newId() } }),
      expected: { ...insiders('session_not_found'), outsider: 'session_not_found' },
    },
    {
      name: 'their own',
      input: async (_scene, { app, people }, caller) => {
        const { username } = people[caller as 'owner'] ?? people.owner;
        return { params: { sessionId: await sessionOf(app.url, username) } };
      },
    },
  ],
  'users.ban': [{ input: (_scene, { stranger }) => ({ params: { userId: stranger.id } }) }],
  'users.unban': [{ input: (_scene, { stranger }) => ({ params: { userId: stranger.id } }) }],
  'auth.jwks': plain,
  'auth.loginTotp': [
    {
      name: 'without a first step',
      input: () => ({ body: { challenge: newId(), code: '123456' } }),
      expected: everyone('challenge_expired'),
    },
  ],
  'totp.get': plain,
  'totp.enrol': [
    { input: () => ({ body: { password } }) },
    {
      name: 'with a wrong password',
      input: () => ({ body: { password: 'not the secret' } }),
      expected: { ...insiders('wrong_password'), outsider: 'wrong_password' },
    },
  ],
  'totp.confirm': [
    {
      name: 'with a wrong code',
      input: () => ({ body: { code: 'no code' } }),
      expected: { ...insiders('wrong_code'), outsider: 'wrong_code' },
    },
  ],
  'totp.disable': [
    {
      name: 'when it is off',
      input: () => ({ body: { password } }),
      expected: { ...insiders('totp_off'), outsider: 'totp_off' },
    },
  ],
  'totp.recoveryCodes': [
    {
      name: 'when it is off',
      input: () => ({ body: { password } }),
      expected: { ...insiders('totp_off'), outsider: 'totp_off' },
    },
  ],
  'passkeys.loginOptions': plain,
  'passkeys.login': [
    {
      name: 'with what no browser answered',
      input: () => ({ body: { answer: noPasskey } }),
      expected: everyone('passkey_refused'),
    },
  ],
  'passkeys.list': plain,
  'passkeys.options': [
    { input: () => ({ body: { password } }) },
    {
      name: 'with a wrong password',
      input: () => ({ body: { password: 'not the secret' } }),
      expected: { ...insiders('wrong_password'), outsider: 'wrong_password' },
    },
  ],
  'passkeys.add': [
    {
      name: 'with what no browser answered',
      input: () => ({ body: { answer: noPasskey } }),
      expected: { ...insiders('passkey_refused'), outsider: 'passkey_refused' },
    },
  ],
  'passkeys.rename': [
    {
      name: 'one that is not there',
      input: () => ({ params: { passkeyId: newId() }, body: { name: 'Laptop' } }),
      expected: { ...insiders('passkey_not_found'), outsider: 'passkey_not_found' },
    },
  ],
  'passkeys.remove': [
    {
      name: 'one that is not there',
      input: () => ({ params: { passkeyId: newId() } }),
      expected: { ...insiders('passkey_not_found'), outsider: 'passkey_not_found' },
    },
  ],
  'me.password': [
    {
      name: 'with a wrong password',
      input: () => ({ body: { currentPassword: 'not the secret', newPassword: password } }),
      expected: { ...insiders('wrong_password'), outsider: 'wrong_password' },
    },
  ],
  'me.get': plain,
  'me.update': [{ input: () => ({ body: { bio: `I am ${newId()}` } }) }],
  'users.search': [{ input: () => ({ query: { q: 'stranger' } }) }],
  'users.get': [
    { input: (_scene, { stranger }) => ({ params: { userId: stranger.id } }) },
    {
      name: 'nobody of that id',
      input: () => ({ params: { userId: newId() } }),
      expected: { ...insiders('user_not_found'), outsider: 'user_not_found' },
    },
  ],
  'users.byUsername': [{ input: (_scene, { stranger }) => ({ params: { username: stranger.username } }) }],
  'settings.get': plain,
  'settings.update': [{ input: () => ({ body: { theme: 'dark' } }) }],
  'blocks.list': plain,
  'blocks.add': [
    { input: (_scene, { target: { id } }) => ({ params: { userId: id } }) },
    { name: 'nobody of that id', input: () => ({ params: { userId: newId() } }), expected: signedIn('user_not_found') },
  ],
  'blocks.remove': [{ input: (_scene, { target: { id } }) => ({ params: { userId: id } }) }],
  'chats.create': [
    { name: 'direct', input: (_scene, { stranger }) => ({ body: { type: 'direct', memberIds: [stranger.id] } }) },
    {
      name: 'group',
      input: (_scene, { stranger }) => ({ body: { type: 'group', title: 'T', memberIds: [stranger.id] } }),
    },
    {
      name: 'with somebody who is not there',
      input: () => ({ body: { type: 'group', title: 'T', memberIds: [newId()] } }),
      expected: { ...insiders('user_not_found'), outsider: 'user_not_found' },
    },
  ],
  'chats.list': plain,
  'chats.byName': [{ kind: 'group', input: (scene) => ({ params: { publicName: scene.publicName } }) }],
  'chats.glimpse': [{ kind: 'group', input: (scene) => ({ params: { publicName: scene.publicName } }) }],
  'chats.get': inAnyChat,
  'chats.update': [
    { input: () => ({ body: { title: 'Another' } }) },
    { kind: 'channel', input: () => ({ body: { description: 'What it is about' } }) },
    { kind: 'direct', input: () => ({ body: { title: 'Another' } }) },
  ],
  'chats.delete': [{}, { kind: 'channel' }, { kind: 'direct', expected: pair('ok') }],
  'members.list': [...inAnyChat, { name: 'by name', input: () => ({ query: { q: 'm' } }) }],
  'members.add': [
    { input: (_scene, { stranger }) => ({ body: { userIds: [stranger.id] } }) },
    { kind: 'channel', input: (_scene, { stranger }) => ({ body: { userIds: [stranger.id] } }) },
    { kind: 'direct', input: (_scene, { stranger }) => ({ body: { userIds: [stranger.id] } }) },
    {
      name: 'nobody of that id',
      input: () => ({ body: { userIds: [newId()] } }),
      expected: { owner: 'user_not_found', admin: 'user_not_found' },
    },
  ],
  'members.remove': [
    { input: target() },
    { kind: 'channel', input: target() },
    {
      name: 'the owner',
      input: (_scene, { people }) => ({ params: { userId: people.owner.id } }),
      expected: insiders('forbidden'),
    },
    {
      name: 'an admin',
      input: (_scene, { people }) => ({ params: { userId: people.admin.id } }),
      expected: { admin: 'forbidden' },
    },
    {
      name: 'who is not in it',
      input: (_scene, { stranger }) => ({ params: { userId: stranger.id } }),
      expected: { owner: 'user_not_found', admin: 'user_not_found' },
    },
    { kind: 'direct', input: (_scene, { people }) => ({ params: { userId: people.member.id } }) },
  ],
  'members.setRole': [
    { name: 'to admin', input: target({ role: 'admin' }) },
    { name: 'to owner', input: target({ role: 'owner' }) },
    {
      name: 'their own',
      input: (_scene, { people }) => ({ params: { userId: people.owner.id }, body: { role: 'member' } }),
      expected: { owner: 'forbidden' },
    },
    {
      name: 'of who is not in it',
      input: (_scene, { stranger }) => ({ params: { userId: stranger.id }, body: { role: 'admin' } }),
      expected: { owner: 'user_not_found' },
    },
    {
      kind: 'direct',
      input: (_scene, { people }) => ({ params: { userId: people.member.id }, body: { role: 'admin' } }),
    },
  ],
  'chats.transfer': [
    { input: (_scene, { target }) => ({ body: { userId: target.id } }) },
    { kind: 'channel', input: (_scene, { people }) => ({ body: { userId: people.admin.id } }) },
    { kind: 'direct', input: (_scene, { people }) => ({ body: { userId: people.member.id } }) },
    {
      name: 'to themself',
      input: (_scene, { people }) => ({ body: { userId: people.owner.id } }),
      expected: { owner: 'forbidden' },
    },
    {
      name: 'to who is not in it',
      input: (_scene, { stranger }) => ({ body: { userId: stranger.id } }),
      expected: { owner: 'user_not_found' },
    },
  ],
  'chats.join': [
    { kind: 'group' },
    { kind: 'channel' },
    { kind: 'direct', expected: { ...insiders('chat_not_found'), outsider: 'chat_not_found' } },
  ],
  'chats.leave': [
    { expected: { owner: 'owner_cannot_leave' } },
    { kind: 'channel', expected: { owner: 'owner_cannot_leave' } },
    { kind: 'direct', expected: pair('forbidden') },
  ],
  'chats.favorite': flag,
  'chats.favoritePost': chat,
  'chats.unfavorite': chat,
  'chats.pin': flag,
  'chats.pinPost': chat,
  'chats.unpin': chat,
  'chats.archive': flag,
  'chats.archivePost': chat,
  'chats.unarchive': chat,
  'chats.mute': flag,
  'chats.mutePost': [{ input: () => ({ body: { until: '2040-01-01T00:00:00.000Z' } }) }],
  'chats.unmute': chat,
  'invites.create': [
    { input: () => ({ body: { maxUses: 5, requiresApproval: true } }) },
    { kind: 'channel', input: () => ({ body: {} }) },
    { kind: 'direct', input: () => ({ body: {} }) },
    {
      name: 'with an end in the past',
      input: () => ({ body: { expiresAt: '2020-01-01T00:00:00.000Z' } }),
      expected: { owner: 'validation_error', admin: 'validation_error' },
    },
  ],
  'invites.list': inAnyChat,
  'invites.preview': [
    { kind: 'group', input: invited() },
    { name: 'of no link', input: noInvite, expected: signedIn('invite_not_found') },
    { name: 'of one that was withdrawn', kind: 'group', input: revoked, expected: { outsider: 'invite_revoked' } },
  ],
  'invites.glimpse': [
    { kind: 'group', input: invited() },
    { name: 'of no link', input: noInvite, expected: anybody('invite_not_found') },
    { name: 'of one that was withdrawn', kind: 'group', input: revoked, expected: anybody('invite_over') },
  ],
  'invites.join': [
    { kind: 'group', input: invited() },
    { name: 'to ask', kind: 'channel', input: invited({ requiresApproval: true }) },
    { name: 'by no link', input: noInvite, expected: signedIn('invite_not_found') },
    { name: 'by one that was withdrawn', kind: 'group', input: revoked, expected: { outsider: 'invite_revoked' } },
    {
      name: 'by one that is used up',
      kind: 'group',
      input: async (scene, stage) => {
        const link = await invited({ maxUses: 1 })(scene, stage);
        await stage.stranger.ask('POST', `/invites/${link.params.token}/join`);
        return link;
      },
      expected: { outsider: 'invite_used_up' },
    },
  ],
  'invites.revoke': [
    { kind: 'group', input: invited(), expected: { member: 'forbidden', outsider: 'chat_not_found' } },
    { name: 'that is not there', input: noInvite, expected: signedIn('invite_not_found') },
  ],
  'requests.list': inAnyChat,
  'requests.approve': [
    { input: asked },
    {
      name: 'who does not wait',
      input: target(),
      expected: { owner: 'request_not_found', admin: 'request_not_found' },
    },
  ],
  'requests.refuse': [
    { input: asked },
    {
      name: 'who does not wait',
      input: target(),
      expected: { owner: 'request_not_found', admin: 'request_not_found' },
    },
  ],
  'drafts.save': [{ input: send }, { kind: 'channel', input: send }, { kind: 'direct', input: send }],
  'scheduled.list': inAnyChat,
  'scheduled.change': [
    { name: 'of a member', input: later({ content: 'other' }), expected: { owner: 'forbidden', admin: 'forbidden' } },
  ],
  'scheduled.cancel': [{ name: 'of a member', input: later(), expected: { owner: 'forbidden', admin: 'forbidden' } }],
  'messages.send': [
    {
      name: 'later',
      input: () => ({ body: { content: 'hi', scheduledAt: new Date(Date.now() + 6e6).toISOString() } }),
    },
    {
      name: 'a file of another later',
      input: async (scene, stage) => {
        const { fileId } = (await ofStranger(scene, stage)).params;
        return { body: { fileIds: [fileId], scheduledAt: new Date(Date.now() + 6e6).toISOString() } };
      },
      expected: insiders('file_not_found'),
    },
    { input: send },
    { kind: 'direct', input: send },
    { kind: 'channel', input: send, expected: { member: 'forbidden' } },
    {
      name: 'a file of their own',
      input: async (_scene, stage, caller) => ({ body: { fileIds: [await uploaded(stage, caller)] } }),
    },
    {
      name: 'a file of another',
      input: async (scene, stage) => ({ body: { fileIds: [(await ofStranger(scene, stage)).params.fileId] } }),
      expected: insiders('file_not_found'),
    },
    { name: 'a sticker', input: () => ({ body: { type: 'sticker', stickerId: 'hello' } }) },
    {
      name: 'a sticker that is not there',
      input: () => ({ body: { type: 'sticker', stickerId: 'nothing' } }),
      expected: insiders('sticker_not_found'),
    },
    {
      name: 'as an answer to nothing',
      input: () => ({ body: { content: 'hi', replyToMessageId: newId() } }),
      expected: insiders('forbidden'),
    },
  ],
  'files.upload': [
    { input: () => ({ body: form() }) },
    {
      name: 'nothing',
      input: () => ({ body: form('') }),
      expected: { ...insiders('file_empty'), outsider: 'file_empty' },
    },
  ],
  'files.download': [
    {
      name: 'that nobody sent',
      input: ofStranger,
      expected: { ...insiders('file_not_found'), outsider: 'file_not_found' },
    },
    { name: 'of a message in a group', kind: 'group', input: shown, expected: { outsider: 'file_not_found' } },
    {
      name: 'of a message in a direct chat',
      kind: 'direct',
      input: shown,
      expected: { admin: 'file_not_found', outsider: 'file_not_found' },
    },
    {
      name: 'that is not there',
      input: () => ({ params: { fileId: newId() } }),
      expected: { ...insiders('file_not_found'), outsider: 'file_not_found' },
    },
  ],
  'uploads.create': [
    { input: () => ({ headers: { ...tus, 'upload-length': '5' } }) },
    {
      name: 'of another version',
      input: () => ({ headers: { 'upload-length': '5' } }),
      expected: { ...insiders('tus_version'), outsider: 'tus_version' },
    },
  ],
  'uploads.offset': [
    { name: 'of their own', input: async (_scene, stage, caller) => begun(stage, caller) },
    {
      name: 'of another',
      input: (_scene, stage) => begunBy(stage.stranger),
      expected: { ...insiders('file_not_found'), outsider: 'file_not_found' },
    },
  ],
  'uploads.append': [
    { name: 'to their own', input: async (_scene, stage, caller) => appending(await begun(stage, caller)) },
    {
      name: 'to another’s',
      input: async (_scene, stage) => appending(await begunBy(stage.stranger)),
      expected: { ...insiders('file_not_found'), outsider: 'file_not_found' },
    },
  ],
  'uploads.cancel': [
    { name: 'their own', input: async (_scene, stage, caller) => begun(stage, caller) },
    {
      name: 'of another',
      input: (_scene, stage) => begunBy(stage.stranger),
      expected: { ...insiders('file_not_found'), outsider: 'file_not_found' },
    },
  ],
  'media.requestUpload': [{ input: () => ({ body: { name: 'a.txt', mimeType: 'text/plain', size: 5 } }) }],
  'media.confirmUpload': [
    {
      name: 'that is not there',
      input: () => ({ body: { id: newId() } }),
      expected: { ...insiders('file_not_found'), outsider: 'file_not_found' },
    },
    {
      name: 'without its bytes',
      input: async (_scene, stage, caller) => ({ body: { id: await requested(stage, caller) } }),
      expected: { ...insiders('upload_incomplete'), outsider: 'upload_incomplete' },
    },
  ],
  'media.status': [
    {
      name: 'of their own',
      input: async (_scene, stage, caller) => ({ params: { fileId: await requested(stage, caller) } }),
    },
    {
      name: 'of another’s',
      input: ofStranger,
      expected: { ...insiders('file_not_found'), outsider: 'file_not_found' },
    },
  ],
  'stickers.list': plain,
  'me.setAvatar': [
    { input: async () => ({ body: await picture() }) },
    {
      name: 'to what is no picture',
      input: () => ({ body: form() }),
      expected: { ...insiders('not_an_image'), outsider: 'not_an_image' },
    },
  ],
  'me.removeAvatar': plain,
  'chats.setAvatar': [
    { input: async () => ({ body: await picture() }) },
    { kind: 'channel', input: async () => ({ body: await picture() }) },
    { kind: 'direct', input: async () => ({ body: await picture() }) },
  ],
  'chats.removeAvatar': inAnyChat,
  'messages.page': inAnyChat,
  'messages.edit': [
    { name: 'of a member', input: edit.membersOwn, expected: { owner: 'forbidden', admin: 'forbidden' } },
    { name: 'of the owner', input: edit.ownersOwn, expected: { admin: 'forbidden', member: 'forbidden' } },
    { name: 'that is not there', input: edit.missing, expected: insiders('forbidden') },
    { kind: 'direct', input: edit.membersOwn, expected: { owner: 'forbidden' } },
  ],
  'messages.delete': [
    { name: 'for oneself', input: hide.membersOwn },
    { name: 'for oneself', kind: 'channel', input: hide.ownersOwn },
    { name: 'for oneself, what is not there', input: hide.missing, expected: insiders('forbidden') },
    { name: 'of a member for everyone', input: erase.membersOwn },
    { name: 'of the owner for everyone', input: erase.ownersOwn, expected: { member: 'forbidden' } },
    { name: 'for everyone', kind: 'channel', input: erase.ownersOwn, expected: { member: 'forbidden' } },
    { name: 'for everyone', kind: 'direct', input: erase.membersOwn, expected: { owner: 'forbidden' } },
    { name: 'for everyone, what is not there', input: erase.missing, expected: insiders('forbidden') },
  ],
  'messages.history': [
    { input: history.membersOwn },
    { name: 'of what is not there', input: history.missing, expected: insiders('forbidden') },
  ],
  'messages.forward': [
    { input: forward },
    { kind: 'direct', input: forward },
    { kind: 'channel', input: forward, expected: { member: 'forbidden' } },
    {
      name: 'what is not there',
      input: (scene) => ({ body: { fromChatId: scene.chatId, messageIds: [newId()] } }),
      expected: insiders('forbidden'),
    },
    {
      name: 'out of a chat that is not there',
      input: (scene) => ({ body: { fromChatId: newId(), messageIds: [scene.messages.owner.id] } }),
      expected: insiders('chat_not_found'),
    },
  ],
  'pins.add': [
    { name: 'that of a member', input: pin.membersOwn, expected: { member: 'forbidden' } },
    { kind: 'channel', input: pin.ownersOwn, expected: { member: 'forbidden' } },
    { kind: 'direct', input: pin.membersOwn },
    { name: 'what is not there', input: pin.missing, expected: insiders('forbidden') },
  ],
  'pins.remove': [
    { name: 'that of the owner', input: pin.ownersOwn, expected: { member: 'forbidden' } },
    { kind: 'channel', input: pin.ownersOwn, expected: { member: 'forbidden' } },
    { kind: 'direct', input: pin.ownersOwn },
    { name: 'what is not there', input: pin.missing, expected: insiders('forbidden') },
  ],
  'pins.list': inAnyChat,
  'pins.latest': inAnyChat,
  'reactions.toggle': [
    { name: 'on that of a member', input: react.membersOwn },
    { name: 'on that of the owner', input: react.ownersOwn },
    { kind: 'channel', input: react.ownersOwn },
    { kind: 'direct', input: react.membersOwn },
    { name: 'as it is wanted', input: onMessage({ body: { emoji: '👍', isWanted: true } }).membersOwn },
    { name: 'on what is not there', input: react.missing, expected: insiders('forbidden') },
  ],
  'reactions.list': [{ input: (scene) => ({ query: { messageIds: scene.messages.owner.id } }) }],
  'chats.read': inAnyChat,
  'chats.receipts': inAnyChat,
  search: [{ input: () => ({ query: { q: 'word' } }) }],
  'messages.search': [{ input: () => ({ query: { q: 'word' } }) }],
  sync: [{ input: () => ({ body: { positions: {} } }) }],
  health: plain,
  'health.ready': plain,
  metrics: plain,
} as const satisfies Record<RouteName, readonly Case[]>;

function everyone(outcome: Outcome): Record<Caller, Outcome> {
  return { ...insiders(outcome), outsider: outcome, ended: outcome, nobody: outcome };
}

function account() {
  const username = `new_${newId().slice(0, 12)}`;
  return { username, email: `${username}@example.org`, password: 'a long enough secret' };
}

/** The id of a session made for this. */
async function sessionOf(url: string, username: string): Promise<string> {
  const other = await signIn(url, username);
  const { items } = await other.ask<{ items: { id: string; isCurrent: boolean }[] }>('GET', '/auth/sessions');
  return items.find(({ isCurrent }) => isCurrent)!.id;
}
