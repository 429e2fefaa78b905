import type { HubEvent } from './types.ts';

/** Whether this user is not to be told. Doors ask before they send, live or replayed. */
export const isHiddenFrom = (event: HubEvent, userId: string | undefined): boolean =>
  event.hiddenFrom !== undefined && userId !== undefined && event.hiddenFrom.includes(userId);
