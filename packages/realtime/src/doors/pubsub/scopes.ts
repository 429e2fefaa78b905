import type { Identity } from '../../types.ts';

/**
 * Whether a token carries a scope, itself or by a wildcard (`app:read:*`). A token without a list of scopes stands for
 * the whole person.
 */
export function hasScope({ scopes }: Identity, needed: string | undefined): boolean {
  if (scopes === undefined || needed === undefined) return true;
  return scopes.some((scope) => scope === needed || (scope.endsWith(':*') && needed.startsWith(scope.slice(0, -1))));
}
