import type { Accepted, Message, Send } from '@parley/contract';
import type { Call } from '../http/route-types.ts';
import type { OutboxItem } from '../outbox/item.ts';
import type { Transport } from '../outbox/outbox.ts';
import type { Realtime } from '../realtime/realtime.ts';

const optional = [
  'replyToMessageId',
  'silent',
  'messageType',
  'fileIds',
  'stickerId',
  'durationSeconds',
  'waveform',
] as const satisfies (keyof OutboxItem)[];

/** What of an item goes over the wire. */
function bodyOf(item: OutboxItem): Send {
  const { content, clientMessageId } = item;
  const given = optional.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]);
  return { content, clientMessageId, ...Object.fromEntries(given) };
}

/** Through the socket while it is there, by HTTP otherwise. */
export function createTransport(call: Call, realtime: Pick<Realtime, 'request'>): Transport {
  const post = (item: OutboxItem, prefer: string): Promise<Accepted | Message> =>
    call('messages.send', { params: { chatId: item.chatId }, body: bodyOf(item), headers: { prefer } });
  return {
    async send(item) {
      const answer = await realtime.request({ type: 'message', chatId: item.chatId, ...bodyOf(item) });
      return typeof answer?.id === 'string' ? { id: answer.id } : post(item, 'respond-async');
    },
    async confirm(item) {
      return 'sequence' in (await post(item, 'wait=10'));
    },
  };
}
