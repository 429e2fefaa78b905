import type { ChatState, OutboxItem } from '@parley/client';
import type { Message } from '@parley/contract';
import type { Carrier } from '../files/what-it-is.ts';
import { mayEdit } from './permissions.ts';

/** What is edited: a message, or one's own on its way, whose `id` is its `clientMessageId`. */
export interface Edited extends Carrier {
  id: string;
  content: string;
}

function editedItem({ clientMessageId: id, content, messageType, uploadIds, fileIds, preview }: OutboxItem): Edited {
  const hasFiles = uploadIds !== undefined || fileIds !== undefined;
  return { id, content, messageType: messageType ?? (hasFiles ? 'file' : 'text'), ...preview };
}

const isEditable = ({ messageType }: Edited): boolean => messageType === 'text' || messageType === 'file';

/** The last that one wrote and may write anew, stored or not. */
export function lastEditable(
  chat: ChatState,
  messages: readonly Message[],
  pending: readonly OutboxItem[],
): Edited | undefined {
  const waiting = pending.map(editedItem).findLast(isEditable);
  return waiting ?? messages.findLast((message) => message.deletedAt === undefined && mayEdit(chat, message));
}
