const chatsEach = 20;
const membersEach = 50;

/** 20 chats of 50 members for each of so many people, spread so that no two share many. Fresh strings, as from a database. */
export function topicsOf(user: number, users: number): string[] {
  const chats = Math.max(chatsEach, Math.ceil((users * chatsEach) / membersEach));
  const stride = Math.floor(chats / chatsEach);
  return Array.from({ length: chatsEach }, (_, index) => chatName((user + index * stride) % chats));
}

const chatName = (chat: number): string => Buffer.from(`chat:${uuidOf(chat)}`).toString('latin1');

export const uuidOf = (number: number): string => `0197a1f0-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
