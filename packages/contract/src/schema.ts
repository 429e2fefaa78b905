import { type Static, type TProperties, type TSchema, Type } from 'typebox';

export { type Static, type TSchema, Type } from 'typebox';

/** UUID in canonical form (RFC 9562). */
export const Id = Type.String({ format: 'uuid' });
/** RFC 3339 in UTC, milliseconds: 2026-01-31T12:00:00.000Z */
export const Timestamp = Type.String({ format: 'date-time' });
/** Number of a message in its chat, from 1. */
export const Sequence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const oneOf = <const T extends string[]>(...values: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: values });

/** The same schema, with what it means where it is used: a copy, as a schema is shared by many fields. */
export function described<T extends TSchema>(schema: T, description: string): T {
  const fields = Object.getOwnPropertyDescriptors(schema);
  return Object.defineProperties({}, { ...fields, description: { value: description, enumerable: true } }) as T;
}

/** Of lists that have pages. */
export const paged = {
  nextCursor: optional(
    Type.String({ description: 'To be given as `cursor` for the next page, as it is; absent at the end.' }),
  ),
};

/** `{items, nextCursor}`; no cursor means the end. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item, { description: 'This page of the list; may be empty.' }), ...paged });

/** The same schema with unknown fields forbidden at every depth. Tests check what leaves a door with it. */
export function strict<T extends TSchema>(schema: T): T {
  return close(structuredClone(schema)) as T;
}

function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close);
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) copy[key] = close(value);
  if (copy.type === 'object' && copy.properties !== undefined && copy.additionalProperties === undefined) {
    copy.additionalProperties = false;
  }
  return copy;
}

export const Position = Type.Object({
  epoch: Type.String({
    maxLength: 64,
    description: 'Which log the offset is of; another one means that it was replaced, and all is to be loaded anew.',
  }),
  offset: described(Sequence, 'Place in the log of the topic. It grows, with holes: never to be counted.'),
});
export type Position = Static<typeof Position>;

/** A map of topic to position, as `/sync` and `resume` take it. */
export const Positions = Type.Record(Type.String({ maxLength: 200 }), Position);
export type Positions = Static<typeof Positions>;

export const Empty = Type.Object({} satisfies TProperties);
