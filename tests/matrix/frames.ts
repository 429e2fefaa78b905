import { randomUUID as newId } from 'node:crypto';
import { chatTopic, type clientFrames } from '@parley/contract';
import type { Outcome } from './rows.ts';
import type { Caller, Kind, Scene } from './stage.ts';

/** What a frame is answered with: the type of the answer, the code of a refusal, or nothing at all. */
export type FrameOutcome = string | undefined;

export interface FrameCase {
  name?: string;
  kind?: Kind;
  frame(scene: Scene): object;
  /** For those who are in the chat. */
  insider: FrameOutcome;
  /** Where one who is in the chat is answered otherwise. */
  member?: FrameOutcome;
  outsider: FrameOutcome;
  /** The type of the event that the owner's other connection sees when the frame took effect. */
  told?: string;
  /** Whom it takes effect for; everyone who is not refused, if not given. */
  toldOf?: readonly Caller[];
}

const ofChat = (scene: Scene) => ({ chatId: scene.chatId });
const position = { epoch: 'none', offset: 0 };
const refused: Outcome = 'forbidden';

/** A row for each frame: a frame without one does not compile. `auth` is what `connecting` below is about. */
export const frameRows = {
  auth: [],
  ping: [{ frame: () => ({}), insider: 'pong', outsider: 'pong' }],
  resume: [
    {
      frame: (scene) => ({ positions: { [chatTopic(scene.chatId)]: position } }),
      insider: 'resync',
      outsider: 'resync',
    },
  ],
  subscribe: [
    { frame: ofChat, insider: 'subscribed', outsider: refused },
    { kind: 'direct', frame: ofChat, insider: 'subscribed', outsider: refused },
    { name: 'a public one', kind: 'channel', frame: ofChat, insider: 'subscribed', outsider: 'subscribed' },
    { name: 'what is not there', frame: () => ({ chatId: newId() }), insider: refused, outsider: refused },
  ],
  unsubscribe: [{ frame: ofChat, insider: 'unsubscribed', outsider: 'unsubscribed' }],
  message: [
    { frame: (scene) => ({ ...ofChat(scene), content: 'hi' }), insider: 'ack', outsider: refused, told: 'message' },
    {
      kind: 'direct',
      frame: (scene) => ({ ...ofChat(scene), content: 'hi' }),
      insider: 'ack',
      outsider: refused,
      told: 'message',
    },
    {
      kind: 'channel',
      frame: (scene) => ({ ...ofChat(scene), content: 'hi', clientMessageId: newId() }),
      insider: 'ack',
      member: refused,
      outsider: refused,
      told: 'message',
    },
    {
      name: 'as an answer to nothing',
      frame: (scene) => ({ ...ofChat(scene), content: 'hi', replyToMessageId: newId() }),
      insider: refused,
      outsider: refused,
      told: 'message',
    },
  ],
  typing: [
    { frame: ofChat, insider: undefined, outsider: refused, told: 'typing' },
    {
      kind: 'channel',
      frame: ofChat,
      insider: undefined,
      outsider: refused,
      told: 'typing',
      toldOf: ['owner', 'admin'],
    },
  ],
  read: [
    { frame: ofChat, insider: 'ack', outsider: refused },
    { kind: 'channel', frame: ofChat, insider: 'ack', outsider: refused, told: 'read_receipt', toldOf: [] },
  ],
  presence_update: [{ frame: () => ({ status: 'active' }), insider: undefined, outsider: undefined }],
  watch: [{ frame: () => ({ userIds: [newId()] }), insider: undefined, outsider: undefined }],
} as const satisfies Record<keyof typeof clientFrames, readonly FrameCase[]>;
