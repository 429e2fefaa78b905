/** Who liked what: of a chat by its title or its two names, the message that begins so, and who left which emoji. */
export interface Liked {
  chat: string;
  message: string;
  by: Readonly<Record<string, readonly string[]>>;
}

export const liked: readonly Liked[] = [
  { chat: 'alice+bob', message: 'The tram went straight', by: { '😮': ['bob'] } },
  { chat: 'alice+bob', message: 'Saturday? I bring the map', by: { '❤️': ['alice'] } },
  { chat: 'alice+bob', message: 'Half past nine it is', by: { '😂': ['bob'] } },
  { chat: 'alice+carol', message: 'There is soup', by: { '❤️': ['carol'] } },
  {
    chat: 'Saturday Hikes',
    message: 'I was up there on Wednesday',
    by: { '👍': ['alice', 'bob', 'hana'], '❤️': ['carol'] },
  },
  {
    chat: 'Saturday Hikes',
    message: 'Train! Nobody has to',
    by: { '🎉': ['alice', 'emre', 'kofi'], '😂': ['george'] },
  },
  { chat: 'Book Club', message: 'I am the only librarian', by: { '😂': ['alice', 'dana'] } },
];
