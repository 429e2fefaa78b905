import { Chat } from '../chats.ts';
import { InviteGlimpse } from '../glimpses.ts';
import { Invite, InvitePreview, InviteToken, JoinRequest, JoinWaiting, NewInvite } from '../invites.ts';
import { described, Id, listOf, Type } from '../schema.ts';
import { chatId, chatParams as params } from './params.ts';
import type { Route } from './route.ts';

const requestParams = Type.Object({ chatId, userId: described(Id, 'User id of who waits.') });
const tokenParams = Type.Object({ token: InviteToken });

export const inviteRoutes = {
  'invites.create': {
    method: 'POST',
    path: '/chats/:chatId/invites',
    summary: 'Make a link into a group or channel.',
    access: 'admin',
    limit: 'write',
    params,
    body: NewInvite,
    responses: { 201: Invite },
    errors: ['chat_not_found', 'forbidden', 'too_many_invites'],
  },
  'invites.list': {
    method: 'GET',
    path: '/chats/:chatId/invites',
    summary: 'The links that were not revoked, the newest first.',
    access: 'admin',
    params,
    responses: { 200: listOf(Invite) },
    errors: ['chat_not_found', 'forbidden'],
  },
  'invites.preview': {
    method: 'GET',
    path: '/invites/:token/preview',
    summary: 'Where a link leads, before one follows it.',
    access: 'signed_in',
    limit: 'join',
    params: tokenParams,
    responses: { 200: InvitePreview },
    errors: ['invite_not_found', 'invite_revoked', 'invite_expired', 'invite_used_up'],
  },
  'invites.glimpse': {
    method: 'GET',
    path: '/invites/:token/glimpse',
    summary: 'The same without signing in: little, and not why a link does not work any more.',
    access: 'public',
    limit: 'glimpse',
    params: tokenParams,
    responses: { 200: InviteGlimpse },
    errors: ['invite_not_found', 'invite_over'],
  },
  'invites.join': {
    method: 'POST',
    path: '/invites/:token/join',
    summary: 'Follow it: 200 with the chat, or 202 where an admin has to let one in.',
    access: 'signed_in',
    limit: 'join',
    params: tokenParams,
    responses: { 200: Chat, 202: JoinWaiting },
    errors: ['invite_not_found', 'invite_revoked', 'invite_expired', 'invite_used_up', 'too_many_members'],
  },
  'invites.revoke': {
    method: 'DELETE',
    path: '/invites/:token',
    summary: 'Nobody comes by this link any more. Those who came stay.',
    access: 'signed_in',
    limit: 'write',
    params: tokenParams,
    responses: { 204: null },
    errors: ['invite_not_found', 'chat_not_found', 'forbidden'],
  },
  'requests.list': {
    method: 'GET',
    path: '/chats/:chatId/join-requests',
    summary: 'Who waits to be let in, the first 200 of them, who has waited longest first.',
    access: 'admin',
    params,
    responses: { 200: listOf(JoinRequest) },
    errors: ['chat_not_found', 'forbidden'],
  },
  'requests.approve': {
    method: 'POST',
    path: '/chats/:chatId/join-requests/:userId/approve',
    summary: 'Let them in.',
    access: 'admin',
    limit: 'write',
    params: requestParams,
    responses: { 204: null },
    errors: ['chat_not_found', 'forbidden', 'request_not_found', 'user_not_found', 'too_many_members'],
  },
  'requests.refuse': {
    method: 'POST',
    path: '/chats/:chatId/join-requests/:userId/refuse',
    summary: 'Do not let them in. They may ask again.',
    access: 'admin',
    limit: 'write',
    params: requestParams,
    responses: { 204: null },
    errors: ['chat_not_found', 'forbidden', 'request_not_found'],
  },
} as const satisfies Record<string, Route>;
