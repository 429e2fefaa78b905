import type { Bus, Hub } from '@parley/realtime';
import type { Queue, Result } from '../modules/messages/queue.ts';

const topicOf = (instanceId: string): string => `instance:${instanceId}`;

/** Tells an instance what became of messages that somebody there waits for. At most once, as everything on the bus. */
export function tellInstance(bus: Bus, instanceId: string, results: readonly Result[]): void {
  bus.publish({ topic: topicOf(instanceId), name: 'message.results', data: { results } });
}

/** Hears what became of the messages that somebody on this instance waits for. */
export async function hearResults(hub: Hub, instanceId: string, queue: Queue): Promise<void> {
  const deliver = ({ data }: { data: object }) => queue.settle((data as { results: Result[] }).results);
  await hub.subscribe({ userId: undefined, deliver }, topicOf(instanceId));
}
