import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from './testing/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

test('health and readiness', async () => {
  await expect((await fetch(`${app.url}/health`)).json()).resolves.toMatchObject({ status: 'ok', service: 'parley' });
  await expect((await fetch(`${app.url}/v1/health/ready`)).json()).resolves.toEqual({
    status: 'ok',
    parts: { database: 'ok', queue: 'ok', bus: 'ok' },
  });
});

test('metrics count requests by route template', async () => {
  await fetch(`${app.url}/v1/chats/01a1f71a-d331-769e-aba9-ad45b675d58e`);
  const text = await (await fetch(`${app.url}/metrics`)).text();
  expect(text).toContain('messenger_http_requests_total{method="GET",path="/v1/chats/:chatId",status="401"} 1');
});

test('what is not there is a problem document', async () => {
  const response = await fetch(`${app.url}/nothing`);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  await expect(response.json()).resolves.toMatchObject({ status: 404, code: 'not_found' });
});
