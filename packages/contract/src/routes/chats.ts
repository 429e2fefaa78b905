import { Chat, ChatChange, ChatFacts, ChatList, Mute, NewChat } from '../chats.ts';
import { ChatGlimpse } from '../glimpses.ts';
import { Participant, Role } from '../participants.ts';
import { described, Id, listOf, optional, Type } from '../schema.ts';
import { chatId, chatParams as params } from './params.ts';
import type { Route } from './route.ts';

const memberParams = Type.Object({ chatId, userId: described(Id, 'User id of the member.') });
const newMembers = Type.Object({
  userIds: Type.Array(Id, { minItems: 1, maxItems: 200, description: 'User ids of those who are to be in it.' }),
});
const newOwner = Type.Object({ userId: described(Id, 'User id of the member it goes to.') });
const nameParams = Type.Object({
  publicName: Type.String({ maxLength: 64, description: 'Upper and lower case are the same.' }),
});
const pageQuery = Type.Object({
  limit: optional(Type.Integer({ minimum: 1, maximum: 500, description: 'Of one answer; 100 by default.' })),
  cursor: optional(
    Type.String({ maxLength: 200, description: '`nextCursor` of the page before; absent: the first page.' }),
  ),
});

const memberQuery = Type.Object({
  ...pageQuery.properties,
  q: optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'Only those whose username, or a word of whose name, begins so; case does not matter, an `@` before it is left off. ' +
        'Those by username come first. There is no page after it, so not together with `cursor`.',
    }),
  ),
});

const flag = (name: string, method: 'PUT' | 'POST' | 'DELETE', summary: string) =>
  ({
    method,
    path: `/chats/:chatId/${name}`,
    summary,
    access: 'member',
    limit: 'write',
    params,
    responses: { 204: null },
    errors: ['chat_not_found'],
  }) as const satisfies Route;

const flagged = <const N extends string>(name: N, on: string, off: string) => ({
  put: flag(name, 'PUT', on),
  post: flag(name, 'POST', on),
  delete: flag(name, 'DELETE', off),
});

const favorite = flagged('favorite', 'Mark a chat as a favourite.', 'No longer a favourite.');
const pin = flagged('pin', "Keep a chat at the top of one's list.", 'No longer at the top.');
const archive = flagged('archive', 'Put a chat out of sight.', 'Bring it back.');
const mute = flagged('mute', 'No notifications from this chat, for good or until a time.', 'Notifications again.');

export const chatRoutes = {
  'chats.create': {
    method: 'POST',
    path: '/chats',
    summary:
      'Make a chat. A direct chat that exists already is returned with 200; with only oneself it is Saved Messages.',
    access: 'signed_in',
    limit: 'write',
    body: NewChat,
    responses: { 200: Chat, 201: Chat },
    errors: ['user_not_found', 'not_reachable', 'person_blocked', 'public_name_taken', 'too_many_members'],
  },
  'chats.list': {
    method: 'GET',
    path: '/chats',
    summary: "One's chats, the latest first, with positions.",
    access: 'signed_in',
    query: pageQuery,
    responses: { 200: ChatList },
  },
  'chats.byName': {
    method: 'GET',
    path: '/chats/by-name/:publicName',
    summary: 'A channel or group that has a public name: what anyone may know of it before joining.',
    access: 'signed_in',
    params: nameParams,
    responses: { 200: ChatFacts },
    errors: ['chat_not_found'],
  },
  'chats.glimpse': {
    method: 'GET',
    path: '/chats/by-name/:publicName/glimpse',
    summary: 'The little of it that is told without signing in.',
    access: 'public',
    limit: 'glimpse',
    params: nameParams,
    responses: { 200: ChatGlimpse },
    errors: ['chat_not_found'],
  },
  'chats.get': {
    method: 'GET',
    path: '/chats/:chatId',
    summary: 'One chat.',
    access: 'member',
    params,
    responses: { 200: Chat },
    errors: ['chat_not_found'],
  },
  'chats.update': {
    method: 'PATCH',
    path: '/chats/:chatId',
    summary: 'Rename or describe it.',
    access: 'admin',
    limit: 'write',
    params,
    body: ChatChange,
    responses: { 200: Chat },
    errors: ['chat_not_found', 'forbidden', 'public_name_taken'],
  },
  'chats.delete': {
    method: 'DELETE',
    path: '/chats/:chatId',
    summary: 'Delete it for everyone. Either person may delete a direct chat.',
    access: 'owner',
    limit: 'write',
    params,
    responses: { 204: null },
    errors: ['chat_not_found', 'forbidden'],
  },
  'members.list': {
    method: 'GET',
    path: '/chats/:chatId/members',
    summary: 'Who is in it, as the viewer may see them.',
    access: 'member',
    limit: 'search',
    limitedWith: 'q',
    params,
    query: memberQuery,
    responses: { 200: listOf(Participant) },
    errors: ['chat_not_found'],
  },
  'members.add': {
    method: 'POST',
    path: '/chats/:chatId/members',
    summary: 'Add people. Those who are in it already stay as they are.',
    access: 'admin',
    limit: 'write',
    params,
    body: newMembers,
    responses: { 200: listOf(Participant) },
    errors: ['chat_not_found', 'forbidden', 'user_not_found', 'not_reachable', 'person_blocked', 'too_many_members'],
  },
  'members.remove': {
    method: 'DELETE',
    path: '/chats/:chatId/members/:userId',
    summary: 'Remove a person. Admins remove members, the owner anyone.',
    access: 'admin',
    limit: 'write',
    params: memberParams,
    responses: { 204: null },
    errors: ['chat_not_found', 'forbidden', 'user_not_found'],
  },
  'members.setRole': {
    method: 'PATCH',
    path: '/chats/:chatId/members/:userId',
    summary: 'Make a person admin or member. Role `owner` hands the chat over.',
    access: 'owner',
    limit: 'write',
    params: memberParams,
    body: Type.Object({ role: described(Role, 'The one they are to have.') }),
    responses: { 200: Participant },
    errors: ['chat_not_found', 'forbidden', 'user_not_found'],
  },
  'chats.transfer': {
    method: 'POST',
    path: '/chats/:chatId/transfer',
    summary: 'Hand the chat over to another member; who owned it stays as an admin.',
    access: 'owner',
    limit: 'write',
    params,
    body: newOwner,
    responses: { 200: Participant },
    errors: ['chat_not_found', 'forbidden', 'user_not_found'],
  },
  'chats.join': {
    method: 'POST',
    path: '/chats/:chatId/join',
    summary: 'Join a chat that has a public name.',
    access: 'signed_in',
    limit: 'write',
    params,
    responses: { 200: Chat },
    errors: ['chat_not_found'],
  },
  'chats.leave': {
    method: 'POST',
    path: '/chats/:chatId/leave',
    summary: 'Leave it.',
    access: 'member',
    limit: 'write',
    params,
    responses: { 204: null },
    errors: ['chat_not_found', 'owner_cannot_leave'],
  },
  'chats.favorite': favorite.put,
  'chats.favoritePost': favorite.post,
  'chats.unfavorite': favorite.delete,
  'chats.pin': pin.put,
  'chats.pinPost': pin.post,
  'chats.unpin': pin.delete,
  'chats.archive': archive.put,
  'chats.archivePost': archive.post,
  'chats.unarchive': archive.delete,
  'chats.mute': { ...mute.put, body: Mute },
  'chats.mutePost': { ...mute.post, body: Mute },
  'chats.unmute': mute.delete,
} as const satisfies Record<string, Route>;
