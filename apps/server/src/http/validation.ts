import { AppError, camelizeKnown } from '@parley/contract';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { canonicalizer } from './canonical.ts';
import { isStorable } from './storable.ts';

export interface FieldError {
  path: string;
  message: string;
}

export type Parse = (input: unknown) => unknown;

const unstorable: FieldError = { path: '', message: 'must not contain U+0000 or half a surrogate pair' };

/**
 * A parser for one part of a request: known fields in snake_case are accepted, `convert` turns the strings of a query
 * into numbers and booleans, ids and times get one spelling. Throws `validation_error` with the fields at fault.
 */
export function parser(schema: TSchema, part: 'params' | 'query' | 'body' | 'frame'): Parse {
  const compiled = Compile(schema);
  const canonicalize = canonicalizer(schema);
  const isText = part === 'params' || part === 'query';
  return (input) => {
    const spelled = camelizeKnown(schema, input ?? {});
    const value = isText ? Value.Convert(schema, spelled) : spelled;
    if (!compiled.Check(value)) throw validationError(compiled.Errors(value));
    if (!isStorable(value)) throw new AppError('validation_error', { errors: [unstorable] });
    return canonicalize ? canonicalize(value) : value;
  };
}

/** What a schema calls by the name of a format, as a person may read it. */
const words: Readonly<Record<string, string>> = {
  'must match format "uuid"': 'must be a UUID',
  'must match format "date-time"': 'must be a time with its zone, as in 2026-01-31T08:00:00Z',
};

function validationError(found: { instancePath: string; message: string }[]): AppError {
  const errors: FieldError[] = found
    .slice(0, 20)
    .map(({ instancePath, message }) => ({ path: instancePath, message: words[message] ?? message }));
  return new AppError('validation_error', { errors });
}
