import { described, oneOf, optional, type Static, Type } from './schema.ts';

/** Kinds of emoji that one person may leave on one message, and that one message may have from all. */
export const maxReactionsEach = 3;
export const maxReactionKinds = 20;

/** RGI of UTS #51. */
export const Emoji = Type.String({
  minLength: 1,
  maxLength: 32,
  description: 'One emoji, as Unicode recommends it for interchange; with or without its variation selector.',
});

export const NewReaction = Type.Object({
  emoji: Emoji,
  isWanted: optional(
    Type.Boolean({ description: 'True leaves it, false takes it back; absent: whichever it is not yet.' }),
  ),
});
export type NewReaction = Static<typeof NewReaction>;

/** How many have left this emoji on a message. */
export const ReactionCount = Type.Object({
  emoji: Type.String({ description: 'One emoji; the same one always in the same spelling.' }),
  count: Type.Integer({ minimum: 1, description: 'People who left it, the viewer among them.' }),
});
export type ReactionCount = Static<typeof ReactionCount>;

/** The same for one viewer: whether they are among them. */
export const Reaction = Type.Object({
  ...ReactionCount.properties,
  me: Type.Boolean({ description: 'Whether the viewer is one of them.' }),
});
export type Reaction = Static<typeof Reaction>;

export const Reacted = Type.Object({
  action: described(oneOf('added', 'removed'), 'What became of it: it is there, or it is not.'),
});
export type Reacted = Static<typeof Reacted>;

/** By message id, in the order the kinds came; empty for a message without any. */
export const ReactionsByMessage = Type.Record(Type.String(), Type.Array(Reaction));
export type ReactionsByMessage = Static<typeof ReactionsByMessage>;

const uuid = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
export const MessageIds = Type.String({
  pattern: `^${uuid}(,${uuid}){0,99}$`,
  description: 'Ids of up to 100 messages, with commas between.',
});
