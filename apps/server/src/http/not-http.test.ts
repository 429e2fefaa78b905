import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseNotHttp } from './not-http.ts';

const server = createServer((_request, response) => response.end());
let port: number;
beforeAll(async () => {
  server.on('clientError', (error, socket) => refuseNotHttp(error, socket as never));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
});
afterAll(() => void server.close());

test.each(['GET', 'HEAD'])(
  'a %s whose headers are too large gets a problem that its client can read',
  async (method) => {
    const asked = request({ port, method, headers: { cookie: 'x'.repeat(20_000) } }).end();
    const [response] = await once(asked, 'response');
    let body = '';
    for await (const chunk of response) body += chunk;
    expect(response.statusCode).toBe(413);
    expect(response.headers['content-type']).toBe('application/problem+json');
    if (method === 'HEAD') expect(body).toBe('');
    else expect(JSON.parse(body)).toMatchObject({ code: 'body_too_large' });
  },
);
