import type { OutboxItem } from '@parley/client';

/** How far one's own message has come. */
export type OwnState = 'queued' | 'sent' | 'read' | 'failed';

/** Accepted is not yet stored: until its event comes, it waits. */
export const ownState = ({ state }: Pick<OutboxItem, 'state'>): OwnState => (state === 'failed' ? 'failed' : 'queued');
