import type { RouteName, Routes, Static, TSchema } from '@parley/contract';

type Success = 200 | 201 | 202 | 204;
type BodyOf<S> = S extends TSchema ? Static<S> : undefined;

/** What a successful call resolves to; `undefined` where there is no body. */
export type RouteResult<N extends RouteName> = {
  [S in keyof Routes[N]['responses']]: S extends Success ? BodyOf<Routes[N]['responses'][S]> : never;
}[keyof Routes[N]['responses']];

type Part<N extends RouteName, K extends 'params' | 'query' | 'body'> =
  Routes[N] extends Record<K, infer S extends TSchema>
    ? object extends Static<S>
      ? { [P in K]?: Static<S> }
      : { [P in K]: Static<S> }
    : { [P in K]?: never };

export interface CallExtras {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Longest wait for the answer; 30 s when not given. */
  timeoutMs?: number;
}

/** A file in a form, instead of the JSON body where the route takes either. */
type Form<N extends RouteName> = Routes[N] extends { form: string }
  ? Routes[N] extends { body: infer S extends TSchema }
    ? { body: FormData | Static<S> }
    : { body: FormData }
  : Part<N, 'body'>;

/** What a call takes: params, query and body as the route declares them. */
export type RouteInput<N extends RouteName> = Part<N, 'params'> & Part<N, 'query'> & Form<N> & CallExtras;

/** The input may be left out when nothing in it is needed. */
export type RouteArguments<N extends RouteName> =
  object extends RouteInput<N> ? [input?: RouteInput<N>] : [input: RouteInput<N>];

export type Call = <N extends RouteName>(name: N, ...input: RouteArguments<N>) => Promise<RouteResult<N>>;
