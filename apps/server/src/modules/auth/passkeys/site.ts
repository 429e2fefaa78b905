import { AppError } from '@parley/contract';
import type { AuthSettings, Origin } from '../context.ts';

/** Where a passkey is made and used (WebAuthn Level 3, section 5.1.2): it works on no other. */
export interface Site {
  origin: string;
  rpId: string;
}

/**
 * The site of the page that asks: one of the listed origins, which share their passkeys if they share the session cookie;
 * or the host that the request was sent to, on its own. Throws `origin_not_allowed`.
 */
export function siteOf({ origins = [], cookie }: AuthSettings, page: Origin['page']): Site {
  const origin = page?.origin ?? origins[0];
  if (origin === undefined || !URL.canParse(origin)) throw new AppError('origin_not_allowed');
  const { hostname, host } = new URL(origin);
  if (origins.includes(origin)) return { origin, rpId: isBelow(hostname, cookie.domain) ? cookie.domain : hostname };
  if (host === page?.host) return { origin, rpId: hostname };
  throw new AppError('origin_not_allowed');
}

const isBelow = (hostname: string, domain: string | undefined): domain is string =>
  domain !== undefined && (hostname === domain || hostname.endsWith(`.${domain}`));
