import type { Problem, RouteName } from '@parley/contract';
import { ApiError, networkError } from './api-error.ts';
import { absoluteRoutes, publicRoutes, routeTable } from './route-table.ts';
import type { Call, CallExtras } from './route-types.ts';

/** Where calls get their bearer token. */
export interface TokenSource {
  /** A token that is good for a while yet; `undefined` when signed out. */
  accessToken(): Promise<string | undefined>;
  /** `stale` was refused: another one, or `undefined` when signed out. Rejects when the server cannot be reached. */
  renew(stale: string): Promise<string | undefined>;
}

export interface HttpOptions {
  /** Origin and optional path of the server; empty in a page that the server itself serves. */
  baseUrl: string;
  fetch?: typeof fetch | undefined;
  tokens?: TokenSource | undefined;
  /** A call has no answer after 3 s; it goes on. */
  onSlow?: (() => void) | undefined;
}

export interface Http {
  /** Calls a route by its name in the contract. Rejects with `ApiError`, always. */
  call: Call;
  /** The same, and the response itself: for what is said in its headers. */
  request<N extends RouteName>(name: N, input: PlainInput): Promise<Response>;
}

export interface PlainInput extends CallExtras {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

const defaultTimeoutMs = 30_000;
const slowMs = 3_000;

export function createHttp({ baseUrl, fetch: given, tokens, onSlow }: HttpOptions): Http {
  const request = given ?? globalThis.fetch.bind(globalThis);
  const base = baseUrl.replace(/\/+$/, '');

  const once = async (name: RouteName, input: PlainInput, token: string | undefined): Promise<Response> => {
    const { method, url } = address(base, name, input);
    const slow = onSlow && setTimeout(onSlow, slowMs);
    try {
      return await request(url, { method, ...payload(input, token), signal: signalOf(input) });
    } catch (cause) {
      if (input.signal?.aborted) throw cause;
      throw networkError(cause);
    } finally {
      clearTimeout(slow);
    }
  };

  const ask = async (name: RouteName, input: PlainInput = {}): Promise<Response> => {
    const source = publicRoutes.has(name) ? undefined : tokens;
    const token = await source?.accessToken();
    let response = await once(name, input, token);
    if (response.status === 401 && token !== undefined) {
      const renewed = await source?.renew(token);
      if (renewed !== undefined) response = await once(name, input, renewed);
    }
    return response.ok ? response : await refuse(response, input.signal);
  };
  const call = async (name: RouteName, input?: PlainInput): Promise<unknown> => read(await ask(name, input));
  return { call: call as Call, request: ask };
}

function address(base: string, name: RouteName, { params, query }: PlainInput): { method: string; url: string } {
  const [method = '', path = ''] = routeTable[name].split(' ');
  const filled = path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params?.[key])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(key, String(value));
  const tail = search.size > 0 ? `?${search}` : '';
  return { method, url: `${base}${absoluteRoutes.has(name) ? '' : '/v1'}${filled}${tail}` };
}

function payload({ body, headers }: PlainInput, token: string | undefined) {
  const isRaw = isInstance('FormData', body) || isInstance('Blob', body);
  return {
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as FormData | Blob) : JSON.stringify(body) }),
  };
}

const isInstance = (name: 'FormData' | 'Blob', value: unknown): boolean =>
  typeof globalThis[name] !== 'undefined' && value instanceof globalThis[name];

function signalOf({ signal, timeoutMs }: PlainInput): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs ?? defaultTimeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  try {
    return isJson ? await response.json() : await response.text();
  } catch (cause) {
    throw networkError(cause);
  }
}

/** A refusal by a proxy on the way has no problem document: its status still says what it is. */
async function refuse(response: Response, signal: AbortSignal | undefined): Promise<never> {
  const problem = (await response.json().catch(() => {
    signal?.throwIfAborted();
    return {};
  })) as Partial<Problem>;
  throw new ApiError(problem.code ?? codeOf(response.status), problem.detail ?? problem.title ?? response.statusText, {
    status: response.status,
    retryAfter: secondsOf(response.headers.get('retry-after')),
    errors: problem.errors,
    correlationId: problem.correlationId,
    challenge: problem.challenge,
  });
}

const codeOf = (status: number): string =>
  ({ 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 413: 'body_too_large', 429: 'rate_limited' })[status] ??
  (status >= 502 ? 'unavailable' : status >= 500 ? 'internal' : 'validation_error');

/** Retry-After is seconds or a date (RFC 9110, section 10.2.3). */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1_000);
}
