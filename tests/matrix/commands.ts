import { randomUUID as newId } from 'node:crypto';
import type { CommandName } from '@parley/contract';
import type { Caller, Kind, Scene } from './stage.ts';

/** `OK`, the code of a refusal, or nothing for what has no acknowledgement. */
export type Acknowledged = string | undefined;

export interface CommandCase {
  name?: string;
  kind?: Kind;
  payload(scene: Scene): object;
  insider: Acknowledged;
  member?: Acknowledged;
  outsider: Acknowledged;
  /** The event that another connection in the room sees when the command took effect, and whom it takes effect for. */
  told?: string;
  toldOf?: readonly Caller[];
}

const ofChat = (scene: Scene) => ({ chatId: scene.chatId });
const message = (scene: Scene) => ({ ...ofChat(scene), clientId: newId(), body: 'hi' });
const insiders = ['owner', 'admin', 'member'] as const;
const ok = 'OK';
const refused = 'FORBIDDEN';

/** A row for each command: a command without one does not compile. */
export const commandRows = {
  'room:join': [
    { payload: ofChat, insider: ok, outsider: refused },
    { kind: 'direct', payload: ofChat, insider: ok, outsider: refused },
    { name: 'a public one', kind: 'channel', payload: ofChat, insider: ok, outsider: ok },
    { name: 'what is not there', payload: () => ({ chatId: newId() }), insider: refused, outsider: refused },
  ],
  'room:leave': [{ payload: ofChat, insider: ok, outsider: ok }],
  'message:send': [
    { payload: message, insider: ok, outsider: refused, told: 'message.new', toldOf: insiders },
    { kind: 'channel', payload: message, insider: ok, member: refused, outsider: refused },
    {
      name: 'as an answer to nothing',
      payload: (scene) => ({ ...message(scene), replyToMessageId: newId() }),
      insider: refused,
      outsider: refused,
    },
  ],
  'receipt:read': [
    { payload: (scene) => ({ ...ofChat(scene), messageId: scene.messages.member.id }), insider: ok, outsider: refused },
    {
      name: 'what is not there',
      payload: (scene) => ({ ...ofChat(scene), messageId: newId() }),
      insider: refused,
      outsider: refused,
    },
  ],
  'presence:ping': [{ payload: () => ({}), insider: ok, outsider: ok }],
  'typing:start': [
    { payload: ofChat, insider: ok, outsider: ok, told: 'typing.updated', toldOf: ['admin', 'member'] },
    { kind: 'channel', payload: ofChat, insider: ok, outsider: ok, told: 'typing.updated', toldOf: ['admin'] },
  ],
  'typing:stop': [{ payload: ofChat, insider: ok, outsider: ok, told: 'typing.updated', toldOf: ['admin', 'member'] }],
} as const satisfies Record<CommandName, readonly CommandCase[]>;
