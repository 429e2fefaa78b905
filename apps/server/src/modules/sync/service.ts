import { type LoggedEvent, type Positions, type SyncRequest, type SyncResult, userTopic } from '@parley/contract';
import { type HubEvent, isHiddenFrom } from '@parley/realtime';
import type { Log } from '../../log/log.ts';
import type { Members } from '../members/service.ts';

export type Sync = ReturnType<typeof createSync>;

const defaultLimit = 500;

/** Catching up without a socket: what happened since a client's positions, in pages. */
export function createSync({ log, members }: { log: Log; members: Members }) {
  return {
    async since(userId: string, { positions, limit = defaultLimit }: SyncRequest): Promise<SyncResult> {
      const allowed = new Set([userTopic(userId), ...(await members.topicsOf(userId))]);
      const topics = Object.keys(positions).filter((topic) => allowed.has(topic));
      const result: SyncResult = {
        events: [],
        positions: {},
        resync: [],
        gone: Object.keys(positions).filter((topic) => !allowed.has(topic)),
        hasMore: false,
      };
      const heads = await log.heads(topics);
      for (const topic of topics) {
        const head = { epoch: heads.epoch, offset: heads.offsets.get(topic) ?? 0 };
        await continueTopic(result, topic, positions[topic]!, head, { userId, limit });
      }
      return result;
    },
  };

  async function continueTopic(
    result: SyncResult,
    topic: string,
    since: Positions[string],
    head: Positions[string],
    { userId, limit }: { userId: string; limit: number },
  ): Promise<void> {
    if (since.epoch !== head.epoch || since.offset > head.offset) {
      result.resync.push(topic);
      return;
    }
    result.positions[topic] = since;
    if (since.offset === head.offset) return;
    const room = limit - result.events.length;
    if (room <= 0) {
      result.hasMore = true;
      return;
    }
    const { events, scannedTo, gone } = await log.read(topic, since.offset, room);
    if (gone) {
      delete result.positions[topic];
      result.resync.push(topic);
      return;
    }
    const told = events.filter((event) => !isHiddenFrom(event, userId));
    result.events.push(...told.map((event) => toLogged(event, userId)));
    result.positions[topic] = { epoch: head.epoch, offset: scannedTo };
    if (scannedTo < head.offset) result.hasMore = true;
  }
}

function toLogged(event: HubEvent, viewer: string): LoggedEvent {
  const data = (event.actor === viewer ? event.ownData : undefined) ?? event.data;
  return {
    topic: event.topic,
    epoch: event.epoch ?? '',
    offset: event.offset ?? 0,
    event: event.name,
    data: data as LoggedEvent['data'],
  };
}
