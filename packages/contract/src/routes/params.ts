import { described, Id, Type } from '../schema.ts';

export const chatId = described(Id, 'Id of the chat, not its public name.');
export const messageId = described(Id, 'Id of a message of this chat.');

export const chatParams = Type.Object({ chatId });
export const messageParams = Type.Object({ chatId, messageId });
