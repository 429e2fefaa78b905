import type { ErrorCode } from '../errors.ts';
import { errors } from '../errors.ts';
import type { Route } from '../routes/route.ts';

/** The codes a route may answer: its own, and those that follow from what it takes and who may call it. */
export function codesOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>([
    ...codesOfInput(route),
    ...codesOfAccess(route),
    ...(route.errors ?? []),
    ...(route.limit === undefined ? [] : (['rate_limited'] as const)),
    'internal',
    'unavailable',
    'not_ready',
    'draining',
  ]);
  return [...codes].sort(byStatus);
}

function codesOfInput(route: Route): ErrorCode[] {
  const takesBody = route.body !== undefined || route.form !== undefined || route.bytes !== undefined;
  const hasInput = takesBody || route.params !== undefined || route.query !== undefined;
  return [
    ...(hasInput ? (['validation_error'] as const) : []),
    ...(takesBody ? (['body_too_large', 'unsupported_media_type'] as const) : []),
  ];
}

function codesOfAccess(route: Route): ErrorCode[] {
  if (route.access === 'public') return [];
  return [
    'unauthorized',
    'invalid_token',
    'session_ended',
    ...(route.method === 'GET' || route.method === 'HEAD' ? [] : (['csrf'] as const)),
    ...(route.access === 'site_admin' ? (['admin_only'] as const) : []),
  ];
}

const byStatus = (a: ErrorCode, b: ErrorCode): number => errors[a].status - errors[b].status || (a < b ? -1 : 1);
