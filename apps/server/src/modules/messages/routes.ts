import type { Accepted, Message } from '@parley/contract';
import { type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Forwarding } from './forwarding.ts';
import type { Messages, SendRequest } from './service.ts';

/** What the client prefers (RFC 7240): milliseconds to wait, 0 for not at all, undefined for no word on it. */
export function preferredWait(prefer: string | undefined): number | undefined {
  if (prefer === undefined) return undefined;
  if (/(^|[,;\s])respond-async([,;\s]|$)/i.test(prefer)) return 0;
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})/i.exec(prefer)?.[1];
  return wait === undefined ? undefined : Math.min(Number(wait), 60) * 1_000;
}

const isStored = (result: Message | Accepted): result is Message => 'sequence' in result;

const areStored = (items: Message[] | Accepted[]): items is Message[] => items.every(isStored);

export function messageRoutes(
  messages: Messages,
  forwarding: Forwarding,
): HandlersOf<
  'messages.send' | 'messages.forward' | 'messages.page' | 'messages.edit' | 'messages.delete' | 'messages.history'
> {
  return {
    'messages.send': async ({ viewer, params, body, header }) => {
      const request: SendRequest = { ...body, chatId: params.chatId };
      const wait = preferredWait(header('prefer')) ?? (body.clientMessageId === undefined ? undefined : 0);
      if (wait === 0) return { status: 202, body: await messages.accept(viewer.userId, request) };
      const result = await messages.send(viewer.userId, request, wait);
      return isStored(result) ? { status: 201, body: result } : { status: 202, body: result };
    },
    'messages.forward': async ({ viewer, params, body, header }) => {
      const wait = preferredWait(header('prefer'));
      const { items } = await forwarding.forward(viewer.userId, params.chatId, body, wait);
      return areStored(items) ? { status: 200, body: { items } } : { status: 202, body: { items } };
    },
    'messages.page': async ({ viewer, params, query }) => ok(await messages.page(viewer.userId, params.chatId, query)),
    'messages.edit': async ({ viewer, params, body }) =>
      ok(await messages.edit(viewer.userId, params.chatId, params.messageId, body.content)),
    'messages.delete': async ({ viewer, params, query }) => {
      await messages.remove(viewer.userId, params.chatId, params.messageId, query.forEveryone === true);
      return noContent();
    },
    'messages.history': async ({ viewer, params }) =>
      ok(await messages.history(viewer.userId, params.chatId, params.messageId)),
  };
}
