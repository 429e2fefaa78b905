import { hash } from 'node:crypto';
import { type Accepted, messageIdSource, uuidV8 } from '@parley/contract';
import { v7 as uuidv7 } from 'uuid';
import type { Membership } from '../members/service.ts';
import type { SendCommand } from './queue.ts';

/** Derived from the sender's key where there is one, so that every instance answers a repeat alike (RFC 9562, section 5.8). */
export function idOf(member: Membership, clientMessageId: string | undefined): string {
  if (clientMessageId === undefined) return uuidv7();
  const source = messageIdSource(member.chatId, member.participantId, clientMessageId);
  return uuidV8(hash('sha256', source, 'buffer'));
}

export function accepted(command: SendCommand): Accepted {
  const { id, chatId, clientMessageId } = command;
  return { id, chatId, brokerMessageId: id, ...(clientMessageId === undefined ? {} : { clientMessageId }) };
}
