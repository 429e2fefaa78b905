/** What was searched for in a chat, while one looks at a message that was found. */
export const keptWords = new Map<string, string>();
