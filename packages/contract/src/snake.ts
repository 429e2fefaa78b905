import type { TSchema } from 'typebox';

interface Shape {
  properties?: Record<string, TSchema>;
  items?: TSchema;
  anyOf?: TSchema[];
}

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Spells known fields in camelCase where a client wrote them in snake_case. A field the schema knows as it is written stays;
 * where both spellings are given, camelCase wins. Unknown fields are left alone.
 */
export function camelizeKnown(schema: TSchema | undefined, value: unknown): unknown {
  const shape = schema as Shape | undefined;
  if (Array.isArray(value)) return shape?.items ? value.map((item) => camelizeKnown(shape.items, item)) : value;
  const properties = propertiesOf(shape);
  if (properties === undefined || typeof value !== 'object' || value === null) return value;
  return camelizeObject(properties, value);
}

const propertiesOf = (shape: Shape | undefined) =>
  shape?.properties ?? shape?.anyOf?.map((part) => (part as Shape).properties).find((found) => found !== undefined);

function camelizeObject(properties: Record<string, TSchema>, value: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) || !Object.hasOwn(properties, camel(key));
    const name = known ? key : camel(key);
    const isShadowed = name !== key && Object.hasOwn(value, name);
    if (isShadowed || name === '__proto__') continue;
    result[name] = camelizeKnown(Object.hasOwn(properties, name) ? properties[name] : undefined, item);
  }
  return result;
}
