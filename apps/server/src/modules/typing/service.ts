import { AppError, chatTopic, type EventPayload } from '@parley/contract';
import type { HubEvent, Identity } from '@parley/realtime';
import type { Limits } from '../../http/limits.ts';
import { refusePosting } from '../members/policy.ts';
import type { Members } from '../members/service.ts';

interface Options {
  members: Pick<Members, 'require'>;
  limits: Limits;
  publish(event: HubEvent): void;
}

type Typist = Pick<Identity, 'userId'>;

export type Typing = ReturnType<typeof createTyping>;

/** "alice is typing": live only, never stored. Who hears it expires it by themself, so a lost `stop` does no harm. */
export function createTyping({ members, limits, publish }: Options) {
  async function tell(typist: Typist, chatId: string, state: 'start' | 'stop', connectionId?: string): Promise<void> {
    if (!(await isWithinLimit(limits, typist.userId))) return;
    const member = await members.require(typist.userId, chatId);
    if (refusePosting(member) !== undefined) return;
    const data: EventPayload<'typing.updated'> = { chatId, userId: member.participantId, state };
    publish({
      topic: chatTopic(chatId),
      name: 'typing.updated',
      data,
      actor: typist.userId,
      ...(connectionId === undefined ? {} : { origin: connectionId }),
    });
  }

  return {
    /** Throws `chat_not_found` for whoever is not a member. Above the limit, and where one may not post, nothing is told. */
    start: (typist: Typist, chatId: string, connectionId?: string) => tell(typist, chatId, 'start', connectionId),
    stop: (typist: Typist, chatId: string, connectionId?: string) => tell(typist, chatId, 'stop', connectionId),
  };
}

async function isWithinLimit(limits: Limits, userId: string): Promise<boolean> {
  try {
    await limits.take('typing', userId);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'rate_limited') return false;
    throw error;
  }
}
