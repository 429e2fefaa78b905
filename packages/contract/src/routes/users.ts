import { described, Id, listOf, optional, Type } from '../schema.ts';
import { Me, ProfileChange, User, UserSettings, UserSettingsChange } from '../users.ts';
import type { Route } from './route.ts';

export const userRoutes = {
  'me.get': { method: 'GET', path: '/me', summary: 'Oneself.', access: 'signed_in', responses: { 200: Me } },
  'me.update': {
    method: 'PATCH',
    path: '/me',
    summary: "Change one's profile.",
    access: 'signed_in',
    limit: 'write',
    body: ProfileChange,
    responses: { 200: Me },
    errors: ['username_taken'],
  },
  'users.search': {
    method: 'GET',
    path: '/users/search',
    summary: 'People by the start of a name or username.',
    access: 'signed_in',
    limit: 'search',
    query: Type.Object({
      q: Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Case does not matter; an `@` before it is left off.',
      }),
      limit: optional(Type.Integer({ minimum: 1, maximum: 50, description: 'People in the answer; 20 by default.' })),
    }),
    responses: { 200: listOf(User) },
  },
  'users.get': {
    method: 'GET',
    path: '/users/:userId',
    summary: 'One person.',
    access: 'signed_in',
    params: Type.Object({ userId: described(Id, 'A user id, one’s own too.') }),
    responses: { 200: User },
    errors: ['user_not_found'],
  },
  'users.byUsername': {
    method: 'GET',
    path: '/users/by-username/:username',
    summary: 'One person, by username (case does not matter).',
    access: 'signed_in',
    params: Type.Object({ username: Type.String({ maxLength: 64, description: 'Without an `@` before it.' }) }),
    responses: { 200: User },
    errors: ['user_not_found'],
  },
  'settings.get': {
    method: 'GET',
    path: '/settings',
    summary: "One's settings.",
    access: 'signed_in',
    responses: { 200: UserSettings },
  },
  'settings.update': {
    method: 'PUT',
    path: '/settings',
    summary: 'Change some of them.',
    access: 'signed_in',
    limit: 'write',
    body: UserSettingsChange,
    responses: { 200: UserSettings },
  },
} as const satisfies Record<string, Route>;
