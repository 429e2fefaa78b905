import type { ChatState } from '@parley/client';

/** What is offered; the server decides. */
export const canLeave = ({ type, myRole }: ChatState): boolean => type !== 'direct' && myRole !== 'owner';
export const canDelete = ({ type, myRole }: ChatState): boolean => type === 'direct' || myRole === 'owner';
