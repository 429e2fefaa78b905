import type { Route } from '../routes/route.ts';
import { routes } from '../routes.ts';
import { besideReference, createComponents } from './components.ts';
import type { JsonObject } from './json.ts';
import { operationOf, tagOf } from './openapi-operation.ts';
import { createProblems } from './problems.ts';

const tags: Record<string, string> = {
  auth: 'Accounts, tokens and sessions.',
  people: 'Oneself, others, settings.',
  chats: 'Chats and who is in them.',
  messages: 'Messages and how far they were read.',
  files: 'Uploads, downloads, stickers and pictures of people and chats.',
  sync: 'Catching up after a break.',
  operations: 'Health and metrics.',
};

const description = [
  'Every route of Parley. The same routes answer without `/v1`, for clients that were published before it.',
  '',
  'Bodies and queries may spell known fields in snake_case. Lists are `{items, nextCursor}`; no cursor means the end.',
  'Errors are problem details (RFC 9457) with a stable `code`; docs/reference/errors.md has all of them.',
  'What happens live is described in asyncapi.json.',
].join('\n');

export interface OpenApiOptions {
  version: string;
  /** Name of the session cookie. */
  cookieName: string;
}

/** The routes of the contract as an OpenAPI 3.1 document. The same contract gives the same bytes. */
export function buildOpenApi({ version, cookieName }: OpenApiOptions): JsonObject {
  const components = createComponents(besideReference);
  const problems = createProblems(components);
  const parts = { components, problems };
  const paths: Record<string, JsonObject> = {};
  const usedTags = new Set<string>();
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const path = pathOf(route);
    usedTags.add(tagOf(route));
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route, parts) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Parley', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { cookie: [] }],
    tags: Object.entries(tags)
      .filter(([name]) => usedTags.has(name))
      .map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      securitySchemes: securitySchemes(cookieName),
      responses: problems.responses(),
      schemas: components.schemas(),
    },
  };
}

/** As it is spelled in documents: `/v1/chats/{chatId}`. */
export const pathOf = (route: Route): string =>
  `${route.absolute ? '' : '/v1'}${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;

const securitySchemes = (cookieName: string): JsonObject => ({
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token, or a session token.',
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: cookieName,
    description: 'The HttpOnly session cookie that signing in sets. Writes with it must come from this site.',
  },
});
