import type { Me, Presence, User } from '@parley/contract';
import type { Selectable } from 'kysely';
import type { Database } from '../../db/schema.ts';

export type UserRow = Selectable<Database['users']>;
export type PublicUserRow = Pick<UserRow, 'id' | 'username' | 'display_name' | 'bio' | 'avatar_url'>;
export type OwnUserRow = PublicUserRow & Pick<UserRow, 'email' | 'is_admin' | 'created_at'>;

/** A person as others see them. `presence` is what the viewer may know of it. */
export function toUser(row: PublicUserRow, presence?: Presence): User {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    ...(row.bio === null ? {} : { bio: row.bio }),
    ...(row.avatar_url === null ? {} : { avatarUrl: row.avatar_url }),
    ...(presence === undefined ? {} : { presence }),
  };
}

/** A person as they see themself. */
export function toMe(row: OwnUserRow, presence?: Presence): Me {
  return {
    ...toUser(row, presence),
    email: row.email,
    isAdmin: row.is_admin,
    createdAt: row.created_at.toISOString(),
  };
}
