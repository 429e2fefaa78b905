import { randomUUID } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import cookie from '@fastify/cookie';
import { AppError } from '@parley/contract';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { refuseNotHttp } from './not-http.ts';
import { sendProblem } from './problems.ts';

const bodyLimit = 1024 * 1024;

/** Our parsing and our errors, without routes, on the server that `attach` returns. */
export function createHttpServer(
  { logger, trustProxy }: { logger: Logger; trustProxy: readonly string[] },
  attach: (handler: RequestListener) => Server,
): FastifyInstance {
  const server = fastify({
    loggerInstance: logger as never,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    serverFactory: (handler) => attach(handler),
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseNotHttp,
    frameworkErrors: (error, request, reply) => void sendProblem(request as never, reply as never, error),
  }) as unknown as FastifyInstance;
  acceptEmptyJson(server);
  void server.register(cookie);
  // Requests are parsed by the contract's own parsers.
  server.setValidatorCompiler(() => () => true);
  server.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
  server.setNotFoundHandler((request, reply) => sendProblem(request, reply, new AppError('not_found')));
  return server;
}

/** An empty body with a JSON content type is no body. */
function acceptEmptyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}
