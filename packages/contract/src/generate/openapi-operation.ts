import type { Route } from '../routes/route.ts';
import type { TSchema } from '../schema.ts';
import type { Components } from './components.ts';
import { compact, type Json, type JsonObject } from './json.ts';
import { groupByStatus, type ProblemResponse, type Problems } from './problems.ts';
import { codesOf } from './route-errors.ts';

const accessText: Record<Route['access'], string> = {
  public: 'Anyone.',
  signed_in: 'Anyone who is signed in.',
  member: 'Members of the chat.',
  admin: 'Admins and the owner of the chat.',
  owner: 'The owner of the chat.',
  sender: 'Members of the chat; whose message it is decides further.',
  site_admin: 'Administrators of the installation.',
};

const statusText: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Accepted, and kept.',
  204: 'Done; no body.',
  302: 'The bytes are at `Location`.',
  503: 'Not all parts answer.',
};

interface Parts {
  components: Components;
  problems: Problems;
}

/** One operation of the OpenAPI document. The operation id is the name of the route. */
export function operationOf(name: string, route: Route, parts: Parts): JsonObject {
  const { components } = parts;
  return compact({
    operationId: name,
    tags: [tagOf(route)],
    summary: route.summary,
    description: `For: ${accessText[route.access]}`,
    parameters: parametersOf(route, components),
    requestBody: requestBodyOf(route, components),
    responses: responsesOf(route, parts),
    security: route.access === 'public' ? [] : undefined,
  });
}

export function tagOf(route: Route): string {
  const [first = ''] = route.path.replace('/chats/:chatId/', '/').split('/').filter(Boolean);
  if (route.path.includes('/messages') || first.startsWith('read')) return 'messages';
  if (route.path.endsWith('/avatar')) return 'files';
  if (route.path.startsWith('/chats')) return 'chats';
  if (route.path.startsWith('/auth') || first === '.well-known') return 'auth';
  if (['files', 'media', 'stickers'].includes(first)) return 'files';
  if (['me', 'users', 'settings'].includes(first)) return 'people';
  return first === 'sync' ? 'sync' : 'operations';
}

function parametersOf(route: Route, components: Components): Json[] | undefined {
  const parameters = [
    ...Object.entries(route.params?.properties ?? {}).map(([name, schema]) =>
      parameter('path', name, schema, true, components),
    ),
    ...Object.entries(route.query?.properties ?? {}).map(([name, schema]) =>
      parameter('query', name, schema, isRequired(route.query, name), components),
    ),
  ];
  return parameters.length > 0 ? parameters : undefined;
}

const isRequired = (schema: Route['query'], name: string): boolean =>
  (schema as { required?: readonly string[] } | undefined)?.required?.includes(name) ?? false;

/** What it means stands beside the schema, where viewers look for it. */
function parameter(where: string, name: string, field: TSchema, required: boolean, components: Components): Json {
  const { description } = field as { description?: string };
  const { description: _, ...schema } = components.schema(field);
  return compact({ name, in: where, description, required, schema });
}

/** A body whose fields are all optional may be left out. */
function requestBodyOf({ body, form, bytes }: Route, components: Components): Json | undefined {
  if (body === undefined && form === undefined && bytes === undefined) return undefined;
  const binary = { type: 'string', format: 'binary' };
  const file = { ...binary, description: 'The bytes, with a file name.' };
  const multipart = form && { type: 'object', properties: { [form]: file }, required: [form] };
  return {
    required: body === undefined || ((body as { required?: readonly string[] }).required ?? []).length > 0,
    content: compact({
      'multipart/form-data': multipart && { schema: multipart },
      'application/json': body && { schema: components.schema(body) },
      ...(bytes === undefined ? {} : { [bytes]: { schema: binary } }),
    }),
  };
}

function responsesOf(route: Route, { components, problems }: Parts): JsonObject {
  const responses: JsonObject = {};
  for (const [status, schema] of Object.entries(route.responses)) {
    responses[status] = compact({
      description: statusText[status] ?? 'The answer.',
      content: schema === null ? undefined : { [mediaTypeOf(schema)]: { schema: components.schema(schema) } },
    });
  }
  for (const [status, codes] of groupByStatus(codesOf(route))) {
    const own = responses[status] as JsonObject | undefined;
    responses[status] = own === undefined ? problems.refer(codes) : beside(own, problems.build(codes));
  }
  return responses;
}

const mediaTypeOf = (schema: TSchema): string =>
  (schema as { type?: string }).type === 'string' ? 'text/plain' : 'application/json';

/** Where the route itself answers with the status of an error. */
const beside = (own: JsonObject, problem: ProblemResponse): JsonObject => ({
  description: `${own.description} Or: ${problem.description}`,
  content: { ...(own.content as JsonObject), ...problem.content },
});
