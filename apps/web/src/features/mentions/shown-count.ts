/** Of one chat no more than a hundred are told. */
export const shownCount = (mentions: number): string => (mentions > 99 ? '99+' : String(mentions));
