import { type HandlersOf, ok } from '../../http/handler.ts';
import type { Users } from './service.ts';

export type UserRouteName = 'me.get' | 'me.update' | 'users.search' | 'users.get' | 'users.byUsername';

export function userRoutes(users: Users): HandlersOf<UserRouteName> {
  return {
    'me.get': async ({ viewer }) => ok(await users.me(viewer.userId)),
    'me.update': async ({ viewer, body }) => ok(await users.updateMe(viewer.userId, body)),
    'users.search': async ({ viewer, query }) => ok({ items: await users.search(viewer.userId, query) }),
    'users.get': async ({ viewer, params }) => ok(await users.get(viewer.userId, params.userId)),
    'users.byUsername': async ({ viewer, params }) => ok(await users.byUsername(viewer.userId, params.username)),
  };
}
