import type { RouteName, Routes, Static } from '@parley/contract';
import type { Identity } from '@parley/realtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';

type Part<N extends RouteName, P extends 'params' | 'query' | 'body'> = Routes[N] extends {
  readonly [K in P]: infer S extends TSchema;
}
  ? Static<S>
  : Record<string, never>;

/** A decoded, validated request. */
export interface Call<N extends RouteName> {
  params: Part<N, 'params'>;
  query: Part<N, 'query'>;
  body: Part<N, 'body'>;
  /** Who asks. On public routes reading it throws `unauthorized` unless a token came with the request. */
  viewer: Identity;
  /** Header value, lower-case name. */
  header(name: string): string | undefined;
  address: string;
  raw: FastifyRequest;
  rawReply: FastifyReply;
}

type Body<S> = S extends TSchema ? Static<S> : undefined;

/** One of the answers the contract names: `{status, body}`. */
export type Answer<N extends RouteName> = {
  [S in keyof Routes[N]['responses']]: { status: S; body: Body<Routes[N]['responses'][S]> };
}[keyof Routes[N]['responses']];

export type Handler<N extends RouteName> = (call: Call<N>) => Promise<Answer<N>> | Answer<N>;

/** A handler for each route of the contract; modules bring those of theirs. */
export type Handlers = { readonly [N in RouteName]: Handler<N> };
export type HandlersOf<Names extends RouteName> = Pick<Handlers, Names>;

export const ok = <T>(body: T) => ({ status: 200, body }) as const;
export const created = <T>(body: T) => ({ status: 201, body }) as const;
export const noContent = () => ({ status: 204, body: undefined }) as const;
