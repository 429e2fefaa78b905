import { described, oneOf, Position, Positions, type Static, Type } from './schema.ts';

/** One event of a log, as `/sync` returns it. */
export const LoggedEvent = Type.Object({
  topic: Type.String({ description: 'Whose log it is from: `chat:<id>` or `user:<id>`.' }),
  epoch: Type.String({ description: 'Of its position, with `offset`.' }),
  offset: Type.Integer({ description: 'Above those before it in the topic; holes mean nothing.' }),
  event: Type.String({ description: 'Its name in the table of events, such as `message.new`.' }),
  data: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Its payload, rendered now: what was deleted since is not told again.',
  }),
});
export type LoggedEvent = Static<typeof LoggedEvent>;

export const SyncRequest = Type.Object({
  positions: described(Positions, 'By topic, the highest position one has seen.'),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000,
      description: 'Events over all topics in one answer; 500 by default.',
    }),
  ),
});
export type SyncRequest = Static<typeof SyncRequest>;

/**
 * What happened since. `positions` is where to continue from; ask again while `hasMore`.
 * Topics in `resync` cannot be continued: load them anew. Topics one may no longer see are in `gone`.
 */
export const SyncResult = Type.Object({
  events: Type.Array(LoggedEvent, { description: 'In order within each topic.' }),
  positions: Type.Record(Type.String(), Position, { description: 'By topic, where to continue from.' }),
  resync: Type.Array(Type.String(), { description: 'Topics that cannot be continued: to be loaded anew.' }),
  gone: Type.Array(Type.String(), { description: 'Topics one may no longer see.' }),
  hasMore: Type.Boolean({ description: 'True: ask again from `positions`.' }),
});
export type SyncResult = Static<typeof SyncResult>;

export const Health = Type.Object({
  status: described(oneOf('ok'), 'The process answers; says nothing of its parts.'),
  service: Type.String({ description: 'Name of the program.' }),
  version: Type.String({ description: 'Of Parley.' }),
});
export const Readiness = Type.Object({
  status: described(oneOf('ok', 'unavailable'), 'Whether requests should be sent here.'),
  parts: Type.Record(Type.String(), Type.String(), { description: 'Each part by name: `ok`, or what is wrong.' }),
});

/** Problem details (RFC 9457) with the stable code. */
export const Problem = Type.Object({
  type: Type.String({ description: 'Always `about:blank`: `code` tells problems apart.' }),
  title: Type.String({ description: 'One sentence for people, the same for each problem of this code.' }),
  status: Type.Integer({ description: 'The HTTP status.' }),
  detail: Type.Optional(Type.String({ description: 'More on this one problem; mostly absent.' })),
  code: Type.String({ description: 'Stable; one of the table of errors.' }),
  correlationId: Type.Optional(Type.String({ description: 'By which the server’s logs name this request.' })),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        path: Type.String({ description: 'Where in the request, as a JSON Pointer (RFC 6901).' }),
        message: Type.String({ description: 'What is wrong with it, for people.' }),
      }),
      { description: 'What is wrong with the request, where that is known; mostly with `validation_error`.' },
    ),
  ),
  max: Type.Optional(Type.Number({ description: 'Of what is too large or too much: how much there may be.' })),
  challenge: Type.Optional(Type.String({ description: 'With `totp_required`: what to send to `/auth/login/totp`.' })),
});
export type Problem = Static<typeof Problem>;
