import { AppError, type TSchema } from '@parley/contract';

interface Shape {
  format?: string;
  properties?: Record<string, TSchema>;
  items?: TSchema;
}

/** One spelling for what may be written in several, in place. */
export type Canonicalize = (value: unknown) => unknown;

/**
 * Ids in lower case, as RFC 9562 has them written; times in UTC with milliseconds. Times that the database could not keep
 * (before the year 1, with a leap second or a named zone) are refused. Undefined for schemas with neither.
 */
export function canonicalizer(schema: TSchema, path = ''): Canonicalize | undefined {
  const { format, properties, items } = schema as Shape;
  if (format === 'uuid') return (value) => (typeof value === 'string' ? value.toLowerCase() : value);
  if (format === 'date-time') return (value) => (typeof value === 'string' ? toUtc(value, path) : value);
  if (items) return forItems(items, path);
  return properties && forFields(properties, path);
}

function forItems(items: TSchema, path: string): Canonicalize | undefined {
  const one = canonicalizer(items, `${path}/0`);
  return one && ((value) => (Array.isArray(value) ? value.map(one) : value));
}

function forFields(properties: Record<string, TSchema>, path: string): Canonicalize | undefined {
  const fields = Object.entries(properties).flatMap(([key, schema]) => {
    const canonicalize = canonicalizer(schema, `${path}/${key}`);
    return canonicalize ? [{ key, canonicalize }] : [];
  });
  if (fields.length === 0) return undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const record = value as Record<string, unknown>;
    for (const { key, canonicalize } of fields) if (record[key] !== undefined) record[key] = canonicalize(record[key]);
    return record;
  };
}

function toUtc(text: string, path: string): string {
  const time = new Date(text);
  const year = time.getUTCFullYear();
  if (year >= 1 && year <= 9999) return time.toISOString();
  throw new AppError('validation_error', { errors: [{ path, message: 'must be a time from year 1 to year 9999' }] });
}
