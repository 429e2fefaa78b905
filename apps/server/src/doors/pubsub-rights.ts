import {
  type ChatType,
  chatTopic,
  type EventPayload,
  type PubSubPart,
  type Role,
  topicId,
  userTopic,
} from '@parley/contract';
import type { HubEvent } from '@parley/realtime';
import { isAdmin } from '../modules/members/policy.ts';
import type { Members } from '../modules/members/service.ts';
import type { PresenceService } from '../modules/presence/service.ts';

interface Options {
  members: Pick<Members, 'chatsOf' | 'find' | 'maySubscribe'>;
  presence: Pick<PresenceService, 'canWatch'>;
}

/** Who may hear which topic on PubSub, all of it or the part that a view is of. */
export function createPubSubRights({ members, presence }: Options) {
  async function mayHearChat(userId: string, topic: string, part: PubSubPart | undefined): Promise<boolean> {
    const member = await members.find(userId, topicId(topic));
    if (member !== undefined) return isInPart(member, part);
    // Looking without being a member is for public channels only, and never for what only admins hear.
    return part !== 'channel_admins' && members.maySubscribe(userId, topic);
  }

  async function mayHearPerson(userId: string, personId: string): Promise<boolean> {
    return personId === userId || (await presence.canWatch(userId, [personId])).length > 0;
  }

  return {
    async topicsOf(userId: string, part?: string): Promise<string[]> {
      const chats = await members.chatsOf(userId);
      return chats.filter((chat) => isInPart(chat, part as PubSubPart)).map(({ chatId }) => chatTopic(chatId));
    },

    async authorize(userId: string, topic: string, part?: string): Promise<boolean> {
      if (topic.startsWith('chat:')) return mayHearChat(userId, topic, part as PubSubPart);
      if (topic.startsWith('presence:')) return mayHearPerson(userId, topicId(topic));
      return topic === userTopic(userId);
    },

    /** A new role comes with this event. Of whom it tells may be hidden: then it may be anybody. */
    mayChange({ name, data }: HubEvent, userId: string): boolean {
      if (name !== 'chat.participant_updated') return false;
      const { participant } = data as EventPayload<'chat.participant_updated'>;
      return participant.userId === undefined || participant.userId === userId;
    },
  };
}

function isInPart(chat: { chatType: ChatType; role: Role }, part: PubSubPart | undefined): boolean {
  if (part === undefined) return true;
  return chat.chatType === 'channel' && (part === 'channels' || isAdmin(chat));
}
