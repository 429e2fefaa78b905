import type { MessageHit, Participant, User } from '@parley/contract';
import type { Call, RouteInput } from '../http/route-types.ts';

type Filters = Omit<NonNullable<RouteInput<'search'>['query']>, 'q'>;

export interface SearchOptions extends Filters {
  /** Ends the request when its answer is not wanted any more. */
  signal?: AbortSignal;
}

export interface Found {
  /** The newest first. `openChat(chatId, { around: message.sequence })` goes there. */
  items: readonly MessageHit[];
  /** Pass it as `cursor` for what is older; none at the end. */
  nextCursor?: string | undefined;
}

export interface Searching {
  /** Messages with all of these words or parts of words; in one chat when `chatId` is given. */
  search(q: string, options?: SearchOptions): Promise<Found>;
  /** People by the start of a name or username. */
  searchPeople(q: string, options?: { limit?: number; signal?: AbortSignal }): Promise<readonly User[]>;
  /** Members of a chat by the start of a username or of a word of a name, those by username first. */
  searchMembers(
    chatId: string,
    q: string,
    options?: { limit?: number; signal?: AbortSignal },
  ): Promise<readonly Participant[]>;
}

export function createSearching(call: Call): Searching {
  return {
    async search(text, { signal, chatId, ...filters } = {}) {
      const q = text.trim();
      if (q === '') return { items: [] };
      const extras = signal === undefined ? {} : { signal };
      const query = { q, ...filters };
      return chatId === undefined
        ? call('search', { query, ...extras })
        : call('messages.search', { params: { chatId }, query, ...extras });
    },
    async searchPeople(text, { signal, ...limit } = {}) {
      const q = text.trim();
      if (q === '') return [];
      const extras = signal === undefined ? {} : { signal };
      return (await call('users.search', { query: { q, ...limit }, ...extras })).items;
    },
    async searchMembers(chatId, text, { signal, ...limit } = {}) {
      const q = text.trim();
      if (q === '') return [];
      const extras = signal === undefined ? {} : { signal };
      return (await call('members.list', { params: { chatId }, query: { q, ...limit }, ...extras })).items;
    },
  };
}
