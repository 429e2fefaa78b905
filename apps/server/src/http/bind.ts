import { AppError, type Route, type RouteName, routes } from '@parley/contract';
import type { Identity } from '@parley/realtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { plainAddress } from './address.ts';
import { isForm } from './form.ts';
import type { Call, Handlers } from './handler.ts';
import type { Limits } from './limits.ts';
import { type Parse, parser } from './validation.ts';

interface Options {
  identify(request: FastifyRequest): Promise<Identity | undefined>;
  limits: Limits;
}

type AnyHandler = (call: Call<RouteName>) => Promise<{ status: number; body: unknown }>;
type Named = [RouteName, Route];

/** Binds every route of the contract to its handler, with `/v1` and without. */
export function bindRoutes(server: FastifyInstance, handlers: Handlers, options: Options): void {
  const all = Object.entries(routes) as Named[];
  const bind = (scope: FastifyInstance, named: readonly Named[]) => {
    for (const [name, route] of named) bindRoute(scope, name, route, handlers, options);
  };
  bind(
    server,
    all.filter(([, route]) => !takesStream(route)),
  );
  void server.register(async (scope) => {
    leaveStreams(scope);
    bind(
      scope,
      all.filter(([, route]) => takesStream(route)),
    );
  });
}

function bindRoute(server: FastifyInstance, name: RouteName, route: Route, handlers: Handlers, options: Options): void {
  const run = runner(route, handlers[name] as unknown as AnyHandler, options);
  for (const url of urlsOf(route)) {
    server.route({
      method: route.method,
      url,
      handler: run,
      schema: { response: responsesOf(route) },
      config: { name, isUpload: takesStream(route) },
    });
  }
}

export const urlsOf = (route: Route): string[] => (route.absolute ? [route.path] : [`/v1${route.path}`, route.path]);

const takesStream = (route: Route): boolean => route.form !== undefined || route.bytes !== undefined;

/** Bodies of uploads are read by their handlers, as they arrive. */
function leaveStreams(server: FastifyInstance): void {
  for (const type of ['multipart/form-data', 'application/offset+octet-stream'])
    server.addContentTypeParser(type, (_request, _payload, done) => done(null, undefined));
}

function responsesOf(route: Route): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(route.responses).filter(([, schema]) => schema !== null && 'properties' in schema),
  );
}

const none: Parse = () => ({});

function runner(route: Route, handle: AnyHandler, options: Options) {
  const params = route.params ? parser(route.params, 'params') : none;
  const query = route.query ? parser(route.query, 'query') : none;
  const body = route.body ? parser(route.body, 'body') : none;

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const viewer = await identify(route, request, options);
    await limit(route, viewer, request, options.limits);
    const call = {
      params: params(request.params),
      query: query(request.query),
      body: route.form !== undefined && isForm(request) ? {} : body(request.body),
      get viewer(): Identity {
        if (viewer === undefined) throw new AppError('unauthorized');
        return viewer;
      },
      header: (headerName: string) => request.headers[headerName]?.toString(),
      address: plainAddress(request.ip),
      raw: request,
      rawReply: reply,
    } as Call<RouteName>;
    const answer = await handle(call);
    // Fastify takes null for no body at all.
    if (answer.body === null) return reply.code(answer.status).type('application/json').send('null');
    return reply.code(answer.status).send(answer.body);
  };
}

/** Following links is counted per address: whoever tries many may have many accounts. */
const countedAs = (route: Route, viewer: Identity | undefined, request: FastifyRequest): string =>
  route.limit === 'join' ? request.ip : (viewer?.userId ?? request.ip);
const isCounted = ({ limitedWith }: Route, { query }: FastifyRequest): boolean =>
  limitedWith === undefined || Object.hasOwn(query as object, limitedWith);

async function limit(
  route: Route,
  viewer: Identity | undefined,
  request: FastifyRequest,
  limits: Limits,
): Promise<void> {
  if (route.limit === undefined || !isCounted(route, request)) return;
  await limits.take(route.limit, countedAs(route, viewer, request));
  if (route.limit === 'upload') await limits.take('uploadAddress', request.ip);
}

async function identify(route: Route, request: FastifyRequest, options: Options): Promise<Identity | undefined> {
  if (route.access === 'public') return undefined;
  const viewer = await options.identify(request);
  if (viewer === undefined) throw new AppError('unauthorized');
  return viewer;
}
