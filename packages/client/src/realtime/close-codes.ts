/** Close codes that need more than a new connection; the contract has all of them. */
export const closes = { tokenExpired: 3003, sessionEnded: 3500, unauthorized: 3501 } as const;

/** 3500-3999: the same client must not come back by itself. */
export const isFinal = (code: number): boolean => code >= 3_500 && code < 4_000;
