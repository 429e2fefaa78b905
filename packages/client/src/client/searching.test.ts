import { describe, expect, it } from 'vitest';
import { createHttp } from '../http/http.ts';
import { buildMessage } from '../testing/build.ts';
import { startHttpServer } from '../testing/http-server.ts';
import { createSearching } from './searching.ts';

async function search(run: (searching: ReturnType<typeof createSearching>) => Promise<unknown>) {
  const body = { items: [{ message: buildMessage(3) }], nextCursor: '3' };
  const server = await startHttpServer(() => ({ status: 200, body }));
  try {
    const result = await run(createSearching(createHttp({ baseUrl: server.baseUrl }).call));
    return { result, body, urls: server.received.map(({ url }) => url) };
  } finally {
    await server.close();
  }
}

describe('searching', () => {
  it('looks in all chats', async () => {
    const { result, body, urls } = await search(({ search }) => search(' tea time ', { cursor: '9', limit: 20 }));
    expect(urls).toEqual(['/v1/search?q=tea+time&cursor=9&limit=20']);
    expect(result).toEqual(body);
  });

  it('looks in one', async () => {
    const { urls } = await search(({ search }) => search('tea', { chatId: 'c1' }));
    expect(urls).toEqual(['/v1/chats/c1/messages/search?q=tea']);
  });

  it('looks for people', async () => {
    const { result, body, urls } = await search(({ searchPeople }) => searchPeople('an', { limit: 5 }));
    expect(urls).toEqual(['/v1/users/search?q=an&limit=5']);
    expect(result).toEqual(body.items);
  });

  it('looks for members of a chat', async () => {
    const { result, body, urls } = await search(({ searchMembers }) => searchMembers('c1', ' an', { limit: 5 }));
    expect(urls).toEqual(['/v1/chats/c1/members?q=an&limit=5']);
    expect(result).toEqual(body.items);
  });

  it('finds nothing for nothing, without asking', async () => {
    const { result, urls } = await search(async ({ search, searchPeople, searchMembers }) => [
      await search('  '),
      await searchPeople(''),
      await searchMembers('c1', ' '),
    ]);
    expect(result).toEqual([{ items: [] }, [], []]);
    expect(urls).toEqual([]);
  });

  it('ends when its answer is not wanted any more', async () => {
    await expect(search(({ search }) => search('tea', { signal: AbortSignal.abort('typed on') }))).rejects.toBe(
      'typed on',
    );
  });
});
