import { described, Id, listOf, Type } from '../schema.ts';
import { User } from '../users.ts';
import type { Route } from './route.ts';

const params = Type.Object({ userId: described(Id, 'A user id; not one’s own.') });

export const blockRoutes = {
  'blocks.list': {
    method: 'GET',
    path: '/blocks',
    summary: 'Whom one has blocked, the latest first.',
    access: 'signed_in',
    responses: { 200: listOf(User) },
  },
  'blocks.add': {
    method: 'PUT',
    path: '/blocks/:userId',
    summary:
      'Block a person: they cannot write to one, add one to chats, or see when one is here. They are not told, but can notice.',
    access: 'signed_in',
    limit: 'write',
    params,
    responses: { 204: null },
    errors: ['user_not_found', 'forbidden', 'too_many_blocks'],
  },
  'blocks.remove': {
    method: 'DELETE',
    path: '/blocks/:userId',
    summary: 'Block them no longer.',
    access: 'signed_in',
    limit: 'write',
    params,
    responses: { 204: null },
  },
} as const satisfies Record<string, Route>;
