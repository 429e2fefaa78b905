import { v4 as uuid } from 'uuid';

/** A `clientMessageId` that nobody else chooses. Works in pages without a secure context, too. */
export const newMessageKey = (): string => uuid();
