import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Answer, type Received, startHttpServer } from '../testing/http-server.ts';
import { ApiError } from './api-error.ts';
import { createHttp } from './http.ts';

type Server = Awaited<ReturnType<typeof startHttpServer>>;
let server: Server | undefined;
afterEach(() => server?.close());

async function start(answer: (request: Received) => Answer | 'cut', token?: string) {
  server = await startHttpServer(answer);
  const tokens = token === undefined ? undefined : { accessToken: async () => token, renew: async () => undefined };
  return createHttp({ baseUrl: `${server.baseUrl}/`, tokens });
}

const failure = (promise: Promise<unknown>): Promise<ApiError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ApiError);
      return error as ApiError;
    },
  );

describe('a call', () => {
  it('fills the path, the query and the body, and carries the token', async () => {
    const http = await start(() => ({ status: 200, body: { items: [] } }), 'secret');
    await http.call('messages.page', { params: { chatId: 'a/b' }, query: { before: 7, limit: undefined! } });
    await http.call('messages.send', {
      params: { chatId: 'c' },
      body: { content: 'hi' },
      headers: { prefer: 'wait=1' },
    });
    expect(server!.received[0]).toMatchObject({ method: 'GET', url: '/v1/chats/a%2Fb/messages?before=7' });
    expect(server!.received[0]!.headers.authorization).toBe('Bearer secret');
    expect(server!.received[1]).toMatchObject({ method: 'POST', url: '/v1/chats/c/messages', body: { content: 'hi' } });
    expect(server!.received[1]!.headers).toMatchObject({ prefer: 'wait=1', 'content-type': 'application/json' });
  });

  it('has no token where none is needed, and no prefix where there is none', async () => {
    const http = await start(() => ({ status: 200, body: { keys: [] } }), 'secret');
    await http.call('auth.jwks');
    expect(server!.received[0]).toMatchObject({ url: '/.well-known/jwks.json' });
    expect(server!.received[0]!.headers.authorization).toBeUndefined();
  });

  it('without an answer to read resolves to nothing', async () => {
    const http = await start(() => ({ status: 204 }));
    expect(await http.call('chats.leave', { params: { chatId: 'c' } })).toBeUndefined();
  });
});

describe('a refusal', () => {
  it('is what the problem document says', async () => {
    const errors = [{ path: '/content', message: 'too short' }];
    const body = { type: 'about:blank', title: 'No', status: 429, code: 'overloaded', correlationId: 'x', errors };
    const http = await start(() => ({ status: 429, body, headers: { 'retry-after': '2' } }));
    const error = await failure(http.call('health'));
    expect(error).toMatchObject({
      code: 'overloaded',
      status: 429,
      message: 'No',
      retryAfter: 2,
      correlationId: 'x',
      errors,
    });
  });

  it.each([
    [502, 'unavailable'],
    [429, 'rate_limited'],
    [500, 'internal'],
    [404, 'not_found'],
  ])('%i of a proxy that knows no problem documents is %s', async (status, code) => {
    const http = await start(() => ({ status }));
    expect(await failure(http.call('health'))).toMatchObject({ code, status });
  });

  it('retry-after may be a date', async () => {
    const http = await start(() => ({
      status: 503,
      headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() },
    }));
    const { retryAfter } = await failure(http.call('health'));
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
  });
});

describe('the network', () => {
  it('that breaks is the code network', async () => {
    const http = await start(() => 'cut');
    expect(await failure(http.call('health'))).toMatchObject({ code: 'network', status: 0 });
  });

  it('that is too slow is too', async () => {
    const http = createHttp({
      baseUrl: 'http://x',
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
    });
    expect(await failure(http.call('health', { timeoutMs: 5 }))).toMatchObject({ code: 'network' });
  });

  it('is asked about when an answer takes long, and only then', async () => {
    vi.useFakeTimers();
    const onSlow = vi.fn();
    const { promise, resolve } = Promise.withResolvers<Response>();
    const http = createHttp({ baseUrl: 'http://x', fetch: () => promise, onSlow });
    const asked = http.call('health');
    await vi.advanceTimersByTimeAsync(2_999);
    expect(onSlow).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(onSlow).toHaveBeenCalledOnce();
    resolve(Response.json({ status: 'ok' }));
    await asked;
    await http.call('health').catch(() => undefined);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(onSlow).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it('is not blamed for what the caller aborted', async () => {
    const http = await start(() => ({ status: 204 }));
    const reason = new Error('not wanted any more');
    await expect(http.call('health', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
