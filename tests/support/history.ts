import type { Message } from '@parley/contract';
import { expect } from 'vitest';
import type { Person } from './people.ts';

/** All messages of a chat from its beginning, by its pages. */
export async function historyOf({ http }: Pick<Person, 'http'>, chatId: string): Promise<Message[]> {
  const items: Message[] = [];
  for (;;) {
    const after = items.at(-1)?.sequence ?? 0;
    const page = await http.call('messages.page', { params: { chatId }, query: { limit: 100, after } });
    items.push(...page.items);
    if (!page.hasNewer) return items;
  }
}

/** What people wrote, without what the chat says of itself. */
export const written = (messages: readonly Message[]): Message[] =>
  messages.filter(({ messageType }) => messageType !== 'system');

/** One message at each place, from 1 on, and each id once. */
export function expectDense(messages: readonly Message[]): void {
  expect(messages.map(({ sequence }) => sequence)).toEqual(messages.map((_, index) => index + 1));
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
}
