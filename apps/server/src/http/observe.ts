import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics.ts';

/** Counts and times every answer, by route template: ids and tokens never become labels. */
export function observeRequests(server: FastifyInstance, metrics: Metrics): void {
  const meters = new Map<string, Meter>();

  /** Of the answers with these labels. Finding them by their labels each time is most of what counting costs. */
  function meterOf(method: string, path: string, status: number): Meter {
    const key = `${status} ${method} ${path}`;
    let meter = meters.get(key);
    if (meter === undefined) {
      meter = {
        requests: metrics.httpRequests.labels({ method, path, status }),
        duration: metrics.httpDuration.labels({ method, path }),
      };
      meters.set(key, meter);
    }
    return meter;
  }

  server.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status, elapsedTime } = reply;
    const path = request.routeOptions.url ?? 'unknown';
    const { requests, duration } = meterOf(request.method, path, status);
    requests.inc();
    duration.observe(elapsedTime / 1_000);
    request.log.debug({ method: request.method, path, status, ms: Math.round(elapsedTime) }, 'answered');
    done();
  });
}

interface Meter {
  requests: { inc(): void };
  duration: { observe(seconds: number): void };
}
