import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Curl, createCurl } from './support/curl.ts';
import { password } from './support/people.ts';
import { type Server, startServer } from './support/server.ts';

describe('REST, as curl sees it', () => {
  let server: Server;
  let curl: Curl;
  const tokens = { ann: '', bob: '', eve: '' };
  const ids = { ann: '', bob: '', eve: '' };

  beforeAll(async () => {
    server = await startServer();
    curl = createCurl(server.url);
    for (const name of ['ann', 'bob', 'eve'] as const) {
      const data = { username: name, email: `${name}@example.org`, password };
      const registered = await curl('POST /auth/register', { data });
      expect([registered.status, registered.body]).toEqual([201, { id: expect.any(String), username: name }]);
      ids[name] = registered.body.id;
      tokens[name] = (await curl('POST /auth/login', { data: { username: name, password } })).body.access_token;
    }
  });
  afterAll(() => server?.close());

  const asAnn = (data?: object | string, headers?: Record<string, string>) => ({
    token: tokens.ann,
    ...(data === undefined ? {} : { data }),
    ...(headers === undefined ? {} : { headers }),
  });

  async function newGroup(): Promise<string> {
    const { status, body } = await curl('POST /chats', asAnn({ type: 'group', title: 'G', memberIds: [ids.bob] }));
    expect(status).toBe(201);
    return body.id;
  }

  it('answers below /v1 and without, the same', async () => {
    for (const path of ['/v1/me', '/me']) {
      expect(await curl(`GET ${path}`, asAnn())).toMatchObject({ status: 200, body: { id: ids.ann, username: 'ann' } });
    }
  });

  it('signs in by name or by e-mail, and out', async () => {
    for (const who of [{ username: 'EVE' }, { email: 'eve@example.org' }]) {
      const { status, body, headers } = await curl('POST /auth/login', { data: { ...who, password } });
      expect([status, body]).toEqual([
        200,
        {
          access_token: expect.any(String),
          refresh_token: expect.any(String),
          session_token: expect.any(String),
          token_type: 'Bearer',
          expires_in: 900,
          user_id: ids.eve,
        },
      ]);
      const cookie = headers.get('set-cookie') ?? '';
      expect(cookie).toContain(body.session_token);
      expect(cookie).toMatch(/HttpOnly/i);
      const withCookie = { headers: { cookie: cookie.split(';')[0]! } };
      expect(await curl('GET /me', withCookie)).toMatchObject({ status: 200, body: { id: ids.eve } });
      expect(await curl('PATCH /me', { ...withCookie, data: {} })).toMatchObject({
        status: 403,
        body: { code: 'csrf' },
      });
      expect((await curl('POST /auth/logout', { token: body.access_token })).status).toBe(204);
      expect((await curl('GET /me', withCookie)).status).toBe(401);
    }
    const wrong = await curl('POST /auth/login', { data: { username: 'eve', password: 'not this one' } });
    const nobody = await curl('POST /auth/login', { data: { username: 'nobody', password: 'not this one' } });
    expect([wrong.status, wrong.body.code, wrong.body.title]).toEqual([401, 'invalid_credentials', nobody.body.title]);
  });

  it('gives tokens for sockets by POST and by GET, and the keys that they are signed with', async () => {
    const asked = await curl('POST /auth/ws', asAnn({ scopes: ['chat:read:message'] }));
    expect([asked.status, asked.body]).toEqual([
      200,
      { token: expect.any(String), scopes: ['chat:read:message'], expires_in: 300 },
    ]);
    expect((await curl('GET /auth/ws', asAnn())).body.scopes).toContain('chat:read:message');
    const { body } = await curl('GET /.well-known/jwks.json');
    expect(body.keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519' }]);
    expect(JSON.stringify(body)).not.toContain('"d"');
  });

  it('makes a direct chat once, Saved Messages with oneself, and nothing with nobody', async () => {
    const direct = { type: 'direct', memberIds: [ids.bob] };
    const first = await curl('POST /chats', asAnn(direct));
    const again = await curl('POST /chats', asAnn(direct));
    const back = await curl('POST /chats', { token: tokens.bob, data: { type: 'direct', memberIds: [ids.ann] } });
    expect([first.status, again.status, back.status]).toEqual([201, 200, 200]);
    expect(new Set([first.body.id, again.body.id, back.body.id]).size).toBe(1);
    expect(first.body.peer).toMatchObject({ id: ids.bob });
    const saved = { type: 'direct', memberIds: [ids.ann] };
    expect((await curl('POST /chats', asAnn(saved))).status).toBe(201);
    expect((await curl('POST /chats', asAnn(saved))).status).toBe(200);
    const nobody = { type: 'direct', memberIds: ['01a1f71a-d331-769e-aba9-ad45b675d58e'] };
    expect(await curl('POST /chats', asAnn(nobody))).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
  });

  it('takes snake_case spellings, and an empty body with a JSON content type', async () => {
    const made = await curl('POST /chats', asAnn({ type: 'group', title: 'snakes', member_ids: [ids.bob] }));
    expect([made.status, made.body.memberCount]).toEqual([201, 2]);
    const path = `/chats/${made.body.id}/messages`;
    const sent = await curl(`POST ${path}`, asAnn({ content: 'hiss', client_message_id: 'snake-1' }));
    expect([sent.status, sent.body.clientMessageId]).toEqual([202, 'snake-1']);
    for (const line of [`POST /chats/${made.body.id}/favorite`, `POST /chats/${made.body.id}/read`]) {
      expect((await curl(line, asAnn('', { 'content-type': 'application/json' }))).status).toBe(204);
    }
    expect((await curl('POST /auth/ws', asAnn('', { 'content-type': 'application/json' }))).status).toBe(200);
  });

  it('sends: 201 when stored, 202 with a key, and as `Prefer` says', async () => {
    const path = `POST /chats/${await newGroup()}/messages`;
    const plain = await curl(path, asAnn({ content: 'plain' }));
    expect([plain.status, plain.body]).toEqual([
      201,
      expect.objectContaining({ sequence: expect.any(Number), status: 'sent' }),
    ]);
    const keyed = await curl(path, asAnn({ content: 'keyed', clientMessageId: 'k' }));
    expect([keyed.status, Object.keys(keyed.body).sort()]).toEqual([
      202,
      ['brokerMessageId', 'chatId', 'clientMessageId', 'id'],
    ]);
    const async = await curl(path, asAnn({ content: 'async' }, { prefer: 'respond-async' }));
    const waited = await curl(path, asAnn({ content: 'waited', clientMessageId: 'w' }, { prefer: 'wait=5' }));
    expect([async.status, waited.status, waited.body.content]).toEqual([202, 201, 'waited']);
  });

  it('pages by before, after and around, with positions and the people in it', async () => {
    const chatId = await newGroup();
    const path = `/chats/${chatId}/messages`;
    for (let count = 1; count <= 9; count += 1) await curl(`POST ${path}`, asAnn({ content: `${count}` }));
    const sequences = async (query: string) => {
      const { status, body } = await curl(`GET ${path}?${query}`, { token: tokens.bob });
      expect(status).toBe(200);
      expect(body.position).toEqual({ epoch: expect.any(String), offset: expect.any(Number) });
      expect(body.participants.map(({ id }: { id: string }) => id)).toContain(body.items[0].senderId);
      return body.items.map(({ sequence }: { sequence: number }) => sequence);
    };
    const all = await sequences('limit=100');
    const last = all.at(-1);
    expect(await sequences('limit=3')).toEqual([last - 2, last - 1, last]);
    expect(await sequences(`limit=3&before=${last - 2}`)).toEqual([last - 5, last - 4, last - 3]);
    expect(await sequences(`limit=3&after=${last - 5}`)).toEqual([last - 4, last - 3, last - 2]);
    expect(await sequences(`limit=3&around=${last - 4}`)).toContain(last - 4);
    const { body } = await curl(`GET ${path}?limit=4`, asAnn());
    expect(body).toMatchObject({ nextCursor: String(last - 3), hasOlder: true, hasNewer: false });
  });

  it('edits, keeps what was there before, and deletes for oneself and for everyone', async () => {
    const path = `/chats/${await newGroup()}/messages`;
    const { body: message } = await curl(`POST ${path}`, asAnn({ content: 'frist' }));
    const one = `${path}/${message.id}`;
    expect(await curl(`PUT ${one}`, asAnn({ content: 'first' }))).toMatchObject({
      status: 200,
      body: { content: 'first' },
    });
    expect((await curl(`PUT ${one}`, { token: tokens.bob, data: { content: 'mine' } })).status).toBe(403);
    const { body: history } = await curl(`GET ${one}/history`, { token: tokens.bob });
    expect(history.items.map(({ content }: { content: string }) => content)).toEqual(['frist', 'first']);
    const contentFor = async (token: string) => {
      const { body } = await curl(`GET ${path}`, { token });
      return body.items.find(({ id }: { id: string }) => id === message.id).content;
    };
    expect((await curl(`DELETE ${one}`, { token: tokens.bob })).status).toBe(204);
    expect([await contentFor(tokens.bob), await contentFor(tokens.ann)]).toEqual(['', 'first']);
    expect((await curl(`DELETE ${one}?forEveryone=true`, { token: tokens.bob })).status).toBe(403);
    expect((await curl(`DELETE ${one}?forEveryone=true`, asAnn())).status).toBe(204);
    expect(await contentFor(tokens.ann)).toBe('');
  });

  it('counts what is unread, moves the read cursor, and tells the others how far', async () => {
    const chatId = await newGroup();
    for (const content of ['a', 'b']) await curl(`POST /chats/${chatId}/messages`, asAnn({ content }));
    const asBob = { token: tokens.bob };
    expect((await curl(`GET /chats/${chatId}`, asBob)).body).toMatchObject({
      unreadCount: 2,
      lastMessage: { content: 'b' },
    });
    expect((await curl(`POST /chats/${chatId}/read`, { ...asBob, data: {} })).status).toBe(204);
    const { body: chat } = await curl(`GET /chats/${chatId}`, asBob);
    expect(chat).toMatchObject({ unreadCount: 0, readSequence: chat.lastSequence });
    const { body: receipts } = await curl(`GET /chats/${chatId}/read-receipts`, asAnn());
    expect(receipts.items).toContainEqual(expect.objectContaining({ sequence: chat.lastSequence }));
  });

  it('POST /sync: what happened since, in pages; foreign topics are gone, other epochs resync', async () => {
    const chatId = await newGroup();
    const { position } = (await curl(`GET /chats/${chatId}/messages`, asAnn())).body;
    const topic = `chat:${chatId}`;
    for (const content of ['1', '2', '3', '4', '5']) await curl(`POST /chats/${chatId}/messages`, asAnn({ content }));
    let positions: object = { [topic]: position };
    const contents: string[] = [];
    for (let pages = 1; ; pages += 1) {
      const { status, body } = await curl('POST /sync', { token: tokens.bob, data: { positions, limit: 2 } });
      expect(status).toBe(200);
      contents.push(...body.events.map(({ data }: { data: { message: { content: string } } }) => data.message.content));
      positions = body.positions;
      if (body.hasMore) continue;
      expect(pages).toBeGreaterThanOrEqual(3);
      break;
    }
    expect(contents).toEqual(['1', '2', '3', '4', '5']);
    const data = { positions: { [topic]: { epoch: 'another', offset: 1 }, [`user:${ids.ann}`]: position } };
    const { body } = await curl('POST /sync', { token: tokens.bob, data });
    expect(body).toMatchObject({ events: [], resync: [topic], gone: [`user:${ids.ann}`], hasMore: false });
  });

  it('says problems as RFC 9457 says them, with a stable code and never more than one may know', async () => {
    const chatId = await newGroup();
    const nowhere = '01a1f71a-d331-769e-aba9-ad45b675d58e';
    const asEve = { token: tokens.eve };
    const problems: [string, Parameters<Curl>[1], number, string][] = [
      ['GET /me', {}, 401, 'unauthorized'],
      ['GET /me', { token: 'nonsense' }, 401, 'invalid_token'],
      ['GET /nowhere', asEve, 404, 'not_found'],
      [`GET /chats/${chatId}`, asEve, 404, 'chat_not_found'],
      [`GET /chats/${nowhere}`, asEve, 404, 'chat_not_found'],
      [`GET /chats/${chatId}/messages`, asEve, 404, 'chat_not_found'],
      [`POST /chats/${chatId}/messages`, { ...asEve, data: { content: 'x' } }, 404, 'chat_not_found'],
      ['GET /chats/no-id', asEve, 400, 'validation_error'],
      ['POST /chats', { ...asEve, data: { type: 'party' } }, 400, 'validation_error'],
      ['POST /chats', { ...asEve, data: '{"type"' }, 400, 'validation_error'],
      ['POST /chats', { ...asEve, data: 'x', headers: { 'content-type': 'text/csv' } }, 415, 'unsupported_media_type'],
      ['POST /chats', { ...asEve, data: { title: 'x'.repeat(1_100_000) } }, 413, 'body_too_large'],
      [`POST /chats/${chatId}/messages`, asAnn({ content: '' }), 422, 'message_empty'],
      [`POST /chats/${chatId}/messages`, asAnn({ content: 'x'.repeat(8_001) }), 422, 'message_too_long'],
      ['POST /auth/register', { data: { username: 'ANN', email: 'x@example.org', password } }, 409, 'username_taken'],
    ];
    for (const [line, options, status, code] of problems) {
      const answer = await curl(line, options);
      expect([line, answer.status, answer.body.code]).toEqual([line, status, code]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ type: expect.any(String), title: expect.any(String), status });
      expect(answer.body.correlationId).toEqual(expect.any(String));
    }
    const { body } = await curl('POST /chats', { ...asEve, data: { type: 'party' } });
    expect(body.errors).toContainEqual({ path: expect.stringContaining('type'), message: expect.any(String) });
  });

  it('tells how it is, counts, and describes itself', async () => {
    expect((await curl('GET /health')).body).toMatchObject({ status: 'ok', service: 'parley' });
    const metrics = (await curl('GET /metrics')).body as string;
    expect(metrics).toMatch(
      /messenger_http_requests_total\{method="POST",path="[^"]*\/chats\/:chatId\/messages",status="201"\} \d+/,
    );
    expect(metrics).toContain('messenger_http_request_duration_seconds');
    expect(metrics).toMatch(/^messenger_ws_connections_active(\{.*\})? 0$/m);
    expect(metrics).toContain('messenger_ws_connections_total');
    expect((await curl('GET /openapi.json')).body.openapi).toMatch(/^3\.1/);
    expect((await curl('GET /asyncapi.json')).body.asyncapi).toMatch(/^3\./);
    expect((await curl('GET /docs')).status).toBeLessThan(400);
  });

  it('limits tries, with the seconds to wait, when limits are on', async () => {
    await using limited = await startServer({ env: { RATE_LIMITS: 'on' } });
    const tries = await Promise.all(
      Array.from({ length: 25 }, () =>
        createCurl(limited.url)('POST /auth/login', { data: { username: 'nobody', password: 'wrong wrong' } }),
      ),
    );
    const refused = tries.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(tries.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body.code).toBe('rate_limited');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });
});
