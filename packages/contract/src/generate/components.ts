import * as contract from '../index.ts';
import type { TSchema } from '../schema.ts';
import type { Json, JsonObject } from './json.ts';

/** Turns schemas of the contract into JSON Schema 2020-12 in which every exported schema is a reference. */
export interface Components {
  /** The schema, or a reference to it when the contract exports it under a name. */
  schema(schema: TSchema): JsonObject;
  /** All that was referred to so far, and what that refers to, by name. */
  schemas(): JsonObject;
}

/** TypeBox marks its schemas with hidden fields. */
const isSchema = (value: unknown): value is TSchema =>
  typeof value === 'object' && value !== null && (Object.hasOwn(value, '~kind') || Object.hasOwn(value, '~unsafe'));

/**
 * Schemas are told apart by what they say, not by identity: `optional(Presence)` is a copy of `Presence`, and has to lead to
 * the same component. So is `described(Presence, ...)`: what a field means is not part of it.
 */
export function keyOf(schema: unknown): string {
  const { description: _, ...rest } = schema as JsonObject;
  return JSON.stringify(rest);
}

export const exportedSchemas: ReadonlyMap<string, TSchema> = new Map(
  Object.entries(contract as Record<string, unknown>)
    .filter((entry): entry is [string, TSchema] => isSchema(entry[1]))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

const nameOf: ReadonlyMap<string, string> = new Map(
  [...exportedSchemas].reverse().map(([name, schema]) => [keyOf(schema), name]),
);

/** How a document says what a field means whose schema is a reference. */
export type Describe = (reference: JsonObject, description: string) => JsonObject;

/** JSON Schema 2020-12 takes it beside the reference; so does OpenAPI 3.1. */
export const besideReference: Describe = (reference, description) => ({ ...reference, description });
/** AsyncAPI 3.0 ignores whatever stands beside a reference. */
export const aroundReference: Describe = (reference, description) => ({ allOf: [reference], description });

export function createComponents(describe: Describe): Components {
  const used = new Map<string, JsonObject>();

  function schema(node: TSchema): JsonObject {
    return reference(node as unknown as JsonObject) ?? inline(node as unknown as JsonObject, reference);
  }

  function mention(name: string): JsonObject {
    if (!used.has(name)) {
      used.set(name, {});
      used.set(name, inline(exportedSchemas.get(name) as unknown as JsonObject, reference));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** For every value inside a schema: a reference if it is an exported schema, else undefined. */
  function reference(node: JsonObject): JsonObject | undefined {
    const name = nameOf.get(keyOf(node));
    if (name === undefined) return undefined;
    const { description } = node;
    const isOwn = typeof description === 'string' && description !== descriptionOf(name);
    return isOwn ? describe(mention(name), description) : mention(name);
  }

  const schemas = () => Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { schema, schemas };
}

const descriptionOf = (name: string): unknown => (exportedSchemas.get(name) as { description?: string }).description;

function inline(node: JsonObject, reference: (node: JsonObject) => JsonObject | undefined): JsonObject {
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(node)) copy[key] = inlineValue(value, reference);
  return readable(copy);
}

function inlineValue(value: Json, reference: (node: JsonObject) => JsonObject | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => inlineValue(item, reference));
  if (typeof value !== 'object' || value === null) return value;
  return (isSchema(value) ? reference(value) : undefined) ?? inline(value, reference);
}

/** The same meaning in the spelling that viewers show best. */
function readable(node: JsonObject): JsonObject {
  const { patternProperties, ...rest } = node;
  if (isRecord(patternProperties)) return { ...rest, additionalProperties: patternProperties['^.*$']! };
  return node;
}

const isRecord = (patterns: Json | undefined): patterns is JsonObject =>
  typeof patterns === 'object' && patterns !== null && Object.keys(patterns).join() === '^.*$';
