import type { Access, Route } from '@parley/contract';
import type { Case, Outcome } from './rows.ts';
import type { Caller, Kind } from './stage.ts';

const isIn = (caller: Caller, kind: Kind): boolean =>
  kind === 'direct' ? caller === 'owner' || caller === 'member' : ['owner', 'admin', 'member'].includes(caller);

const mayManage = (caller: Caller, kind: Kind, roles: readonly Caller[]): Outcome => {
  if (!isIn(caller, kind)) return 'chat_not_found';
  return kind !== 'direct' && roles.includes(caller) ? 'ok' : 'forbidden';
};

/** What each kind of access says of a caller who is signed in. */
const signedIn: Record<Exclude<Access, 'public'>, (caller: Caller, kind: Kind) => Outcome> = {
  signed_in: () => 'ok',
  member: (caller, kind) => (isIn(caller, kind) ? 'ok' : 'chat_not_found'),
  sender: (caller, kind) => (isIn(caller, kind) ? 'ok' : 'chat_not_found'),
  admin: (caller, kind) => mayManage(caller, kind, ['owner', 'admin']),
  owner: (caller, kind) => mayManage(caller, kind, ['owner']),
  site_admin: () => 'admin_only',
};

export function expectedOf(route: Pick<Route, 'access'>, kind: Kind, { expected }: Case, caller: Caller): Outcome {
  const named = expected?.[caller];
  if (named !== undefined) return named;
  if (route.access === 'public') return 'ok';
  if (caller === 'ended') return 'session_ended';
  if (caller === 'nobody') return 'unauthorized';
  return signedIn[route.access](caller, kind);
}
