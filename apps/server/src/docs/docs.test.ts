import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDocuments } from './documents.ts';
import { registerDocs } from './routes.ts';

const server = Fastify();
beforeAll(() => registerDocs(server));
afterAll(() => server.close());

const get = (url: string) => server.inject({ method: 'GET', url });

describe('/docs', () => {
  it.each(['/docs', '/docs/events', '/docs/errors'])('%s is a page whose parts are all there', async (url) => {
    const page = await get(url);
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const links = [...page.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect([link, (await get(link)).statusCode]).toEqual([link, 200]);
  });

  it.each(['/docs', '/docs/events'])('%s has no inline script or style, and forbids them', async (url) => {
    const { body, headers } = await get(url);
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('tells of no file outside its own', async () => {
    for (const path of ['/docs/assets/routes.ts', '/docs/assets/../routes.ts', '/docs/assets/%2e%2e/routes.ts']) {
      expect((await get(path)).statusCode).toBe(404);
    }
  });

  it('serves the documents that are kept in the repository', async () => {
    const { openapi, asyncapi } = buildDocuments();
    expect((await get('/openapi.json')).json()).toEqual(openapi);
    expect((await get('/asyncapi.json')).json()).toEqual(asyncapi);
  });

  it('writes shapes as text, not as markup', async () => {
    const { body } = await get('/docs/events');
    expect(body).toContain('<code>chat:&lt;id&gt;</code>');
  });
});
