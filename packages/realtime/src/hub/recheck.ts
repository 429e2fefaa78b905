import type { Subscriber } from '../types.ts';
import type { Core, Topic } from './core.ts';
import { revoke } from './delivery.ts';

/** Which of these users may follow the topic as things are now. */
export type AllowedAmong = (topic: string, userIds: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * Asks again who may follow a topic, and ends the subscriptions of the others. If nobody can be asked, all of them are cut off:
 * they come back, and are asked for one by one.
 */
export function createRecheck(core: Core, allowedAmong: AllowedAmong): (topic: Topic) => void {
  async function recheck(topic: Topic): Promise<void> {
    const userIds = [...new Set(followersOf(topic).flatMap(({ userId }) => (userId === undefined ? [] : [userId])))];
    if (userIds.length === 0) return;
    const allowed = await allowedAmong(topic.name, userIds);
    revoke(
      core,
      topic,
      userIds.filter((userId) => !allowed.has(userId)),
    );
  }

  return (topic) => {
    // Answers that are on their way may be from before.
    for (const decisions of core.decisions.values()) for (const decision of decisions) decision.stale = true;
    recheck(topic).catch((error) => {
      core.logger.error({ err: error, topic: topic.name }, 'could not ask who may still follow a topic');
      for (const follower of followersOf(topic)) follower.lost?.();
    });
  };
}

const followersOf = (topic: Topic): Subscriber[] => [...topic.subscribers, ...(topic.paused ?? [])];
