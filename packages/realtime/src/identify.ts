import type { Hub } from './hub/hub.ts';
import type { Authenticate, Identity } from './types.ts';

interface Gate {
  readonly hub: Hub;
  authenticate: Authenticate;
  rootTopicOf(userId: string): string;
}

/**
 * Who stands behind a token. A session may end while its user's topic is cold here, and nobody would hear of it: then
 * the token is checked again once the topic is hot.
 */
export async function identify({ hub, authenticate, rootTopicOf }: Gate, token: string): Promise<Identity> {
  const identity = await authenticate(token);
  const root = rootTopicOf(identity.userId);
  if (hub.position(root) !== undefined) return identity;
  await hub.ensure([root]);
  return authenticate(token);
}
