import fc from 'fast-check';

/** The part of JSON Schema that the documents use. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

export interface Known {
  schemas: Readonly<Record<string, Schema>>;
  /** Ids of what is there: of chats, messages, people, sessions. Mixed up, they ask for the wrong kind. */
  ids: readonly string[];
}

/** Values that a schema allows, of the kinds that matter. */
export function valuesOf(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valuesOf(known.schemas[schema.$ref.split('/').at(-1)!]!, known);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valuesOf(one, known)));
  return (byType[schema.type ?? ''] ?? (() => fc.jsonValue()))(schema, known);
}

const byType: Record<string, (schema: Schema, known: Known) => fc.Arbitrary<unknown>> = {
  object: objectsOf,
  array: ({ items = {}, minItems = 0, maxItems = 5 }, known) =>
    fc.array(valuesOf(items, known), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 5) }),
  string: stringsOf,
  integer: ({ minimum = -(2 ** 31), maximum = 2 ** 31 }) =>
    fc.oneof(fc.integer({ min: minimum, max: Math.min(maximum, minimum + 200) }), fc.constantFrom(minimum, maximum)),
  number: () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
};

function objectsOf(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const fields = Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, valuesOf(one, known)]));
  const named = fc.record(fields, { requiredKeys: required as never, noNullPrototype: true });
  const values = Object.values(schema.patternProperties ?? {})[0] ?? schema.additionalProperties;
  if (typeof values !== 'object') return named;
  const key = fc.oneof(fc.constantFrom(...topicsOf(known)), fc.string({ maxLength: 40 }));
  return fc.dictionary(key, valuesOf(values, known), { maxKeys: 5, noNullPrototype: true });
}

const topicsOf = ({ ids }: Known): string[] =>
  ids.flatMap((id) => [`chat:${id}`, `user:${id}`]).concat('system:sessions');

function stringsOf({ format, pattern, minLength = 0, maxLength = 60 }: Schema, known: Known): fc.Arbitrary<string> {
  if (format === 'uuid') {
    const present = fc.constantFrom(...known.ids);
    return fc.oneof(
      present,
      present,
      present.map((id) => id.toUpperCase()),
      fc.uuid(),
    );
  }
  if (format === 'date-time') {
    return fc.oneof(
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }).map((date) => date.toISOString()),
      fc.constantFrom(
        '0000-01-01T00:00:00Z',
        '2026-12-31T23:59:60Z',
        '2026-01-01T00:00:00Z[Europe/Paris]',
        '2026-01-01t00:00:00-12:00',
      ),
    );
  }
  if (pattern !== undefined) {
    return fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length >= minLength && length <= maxLength);
  }
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 60), unit: 'binary' }),
    fc.constantFrom('x'.repeat(maxLength), 'y'.repeat(Math.max(minLength, 1))),
  );
}
