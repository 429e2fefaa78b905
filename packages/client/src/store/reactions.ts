import type { Message, Reaction } from '@parley/contract';

type Reactions = readonly Reaction[];

/** Some write an emoji with its variation selector, some without. */
export const isSameEmoji = (a: string, b: string): boolean => bare(a) === bare(b);
const bare = (emoji: string): string => emoji.replaceAll('\uFE0F', '');

export const hasOwn = ({ reactions }: Pick<Message, 'reactions'>, emoji: string): boolean =>
  reactions?.some((reaction) => reaction.me && isSameEmoji(reaction.emoji, emoji)) === true;

/** As it is when the viewer has left the emoji, or has not. The same message when it is so. */
export function withOwn(message: Message, emoji: string, isWanted: boolean): Message {
  if (hasOwn(message, emoji) === isWanted) return message;
  const known = message.reactions ?? [];
  const kind = known.find((reaction) => isSameEmoji(reaction.emoji, emoji));
  if (kind === undefined) return withReactions(message, [...known, { emoji, count: 1, me: true }]);
  const next = { ...kind, me: isWanted, count: kind.count + (isWanted ? 1 : -1) };
  return withReactions(
    message,
    known.map((reaction) => (reaction === kind ? next : reaction)).filter(({ count }) => count > 0),
  );
}

/** A message without any has no list. */
export function withReactions({ reactions: _, ...message }: Message, reactions: Reactions): Message {
  return reactions.length === 0 ? message : { ...message, reactions: reactions as Reaction[] };
}
