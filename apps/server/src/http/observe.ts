import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics.ts';

/** Counts and times every answer, by route template: ids and tokens never become labels. */
export function observeRequests(server: FastifyInstance, metrics: Metrics): void {
  server.addHook('onResponse', async (request, reply) => {
    const labels = { method: request.method, path: request.routeOptions.url ?? 'unknown' };
    metrics.httpRequests.inc({ ...labels, status: reply.statusCode });
    metrics.httpDuration.observe(labels, reply.elapsedTime / 1_000);
    request.log.debug({ ...labels, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
  });
}
