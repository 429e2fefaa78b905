import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An HTTP server that answers what the test says. `cut` breaks the connection instead. */
export async function startHttpServer(answer: (request: Received) => Promise<Answer | 'cut'> | Answer | 'cut') {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: text === '' ? undefined : JSON.parse(text) };
    received.push(one);
    const result = await answer(one);
    if (result === 'cut') return void request.socket.destroy();
    const isEmpty = result.body === undefined;
    response.writeHead(result.status, {
      ...(isEmpty ? {} : { 'content-type': 'application/json' }),
      ...result.headers,
    });
    response.end(isEmpty ? undefined : JSON.stringify(result.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
