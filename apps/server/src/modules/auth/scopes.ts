import { pubsubTopics } from '@parley/contract';

const ofTopics = Object.values(pubsubTopics).flatMap(({ scope }) => (scope === undefined ? [] : [scope]));

/** Open topics, one by one or all: everybody may ask for these, also to write. */
const openScope = /^app:(read|write):(\*|[^\s:*]{1,50})$/;

/** What every person may read; which resources that reaches is decided per topic. `user:read:chat` is what published clients ask for. */
export const readingScopes: readonly string[] = [...new Set(['user:read:chat', 'app:read:*', ...ofTopics])]
  .filter((scope) => scope.includes(':read:'))
  .sort();

/** Those asked for that the person has, as RFC 6749 (section 3.3) lets a server grant less than was asked. */
export function grantScopes(requested: readonly string[] | undefined): string[] {
  if (requested === undefined) return [...readingScopes];
  const wanted = new Set(requested);
  const open = Array.from(wanted).filter((scope) => openScope.test(scope) && !readingScopes.includes(scope));
  return [...readingScopes.filter((scope) => wanted.has(scope)), ...open];
}
