const start = 'later-';

/** The key of a message that is sent at its time, told from those of messages that are sent by hand. */
export const laterKey = (key: string): string => `${start}${key}`;
export const isLaterKey = (key: string): boolean => key.startsWith(start);
