import fc from 'fast-check';

const nested = (depth: number, open: string, close: string): unknown =>
  JSON.parse(open.repeat(depth) + close.repeat(depth));
const deepObject = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

/** Texts that something on the way may choke on. */
export const wildTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'half an emoji \udc00\ud83d',
  '\u202e\u0301\ufeff',
  '𝒳'.repeat(300),
  'x'.repeat(9_000),
  '%',
  '%00',
  '%zz',
  '%ff%fe',
  '../../etc/passwd',
  "' or 1=1 --",
  '\\',
  '_%',
  '{}',
  'null',
  'NaN',
  '-1',
  '1e400',
  '99999999999999999999',
  '__proto__',
  'constructor',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '2026-01-01T00:00:00+23:59',
  '2026-01-01T00:00:00Z[Europe/Paris]',
  '0000-01-01T00:00:00.000Z_------------------------------------',
  '2026-01-01T00:00:00.000Z_------------------------------------',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA',
  'urn:uuid:00000000-0000-4000-8000-000000000000',
  '{00000000-0000-4000-8000-000000000000}',
  '00000000000040008000000000000000',
] as const;

/** Any value where another was due. */
export const wild: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...wildTexts),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, -(2 ** 63), 2 ** 31),
  fc.constantFrom<unknown>([], {}, [[]], [null], { a: 1 }),
  fc.constant(0).map(() => nested(2_000, '[', ']')),
  fc.constant(0).map(() => deepObject(2_000)),
  fc.constant(0).map(() => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')),
  fc.constant(0).map(() => Array.from({ length: 3_000 }, (_, index) => index)),
  fc.jsonValue(),
);

/** The value with one of its parts, however deep, replaced, left out or joined by another. */
export function spoiled(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(good, fc.nat(), wild, fc.nat(3)).map(([value, place, other, how]) => spoil(value, place, other, how));
}

function spoil(value: unknown, place: number, other: unknown, how: number): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[place % (keys.length + 1)];
  if (key === undefined) return Array.isArray(value) ? [...value, other] : { ...value, extra: other };
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value };
  if (how === 0) delete copy[key];
  else copy[key] = how === 1 ? spoil(copy[key], place >> 1, other, how) : other;
  return copy;
}
