/** What a message must say for its fault to happen, between its commit and its telling. */
export const faults = { lost: 'this is lost on the way', crash: 'these are the last words' } as const;
