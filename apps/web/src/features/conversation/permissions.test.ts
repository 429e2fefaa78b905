import type { ChatState } from '@parley/client';
import type { Message } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { mayDeleteForEveryone, mayEdit, mayPost } from './permissions.ts';

const buildChat = (type: ChatState['type'], myRole: ChatState['myRole']): ChatState =>
  ({ type, myRole, myParticipantId: 'me' }) as ChatState;
const buildMessage = (senderId: string): Message => ({ senderId, messageType: 'text' }) as Message;

describe('what is offered', () => {
  it.each([
    ['direct', 'member', { post: true, deleteOthers: false }],
    ['group', 'member', { post: true, deleteOthers: false }],
    ['group', 'admin', { post: true, deleteOthers: true }],
    ['channel', 'member', { post: false, deleteOthers: false }],
    ['channel', 'owner', { post: true, deleteOthers: true }],
  ] as const)('in a %s to a %s', (type, role, offered) => {
    const chat = buildChat(type, role);
    expect(mayPost(chat)).toBe(offered.post);
    expect(mayDeleteForEveryone(chat, buildMessage('other'))).toBe(offered.deleteOthers);
    expect(mayDeleteForEveryone(chat, buildMessage('me'))).toBe(true);
    expect(mayEdit(chat, buildMessage('me'))).toBe(true);
    expect(mayEdit(chat, buildMessage('other'))).toBe(false);
  });
});
