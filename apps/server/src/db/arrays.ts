type Plain = string | number | boolean | Date | null | undefined;

const textOf = (value: Plain): string | number | boolean =>
  value instanceof Date ? value.toISOString() : (value ?? 'NULL');

/**
 * An array of ids, numbers, times or booleans as PostgreSQL reads one (manual, "Array Input and Output Syntax"). The driver looks
 * for quotes in each element, which on the hot path costs as much as the rest of sending it. Not for texts: nothing is quoted.
 */
export const plainArray = (values: readonly Plain[]): string => `{${values.map(textOf).join(',')}}`;

const integerOid = 23;

/** An `integer[]` in the binary format (array_recv in PostgreSQL's arrayfuncs.c), from lists that follow each other. */
export function binaryIntegers(lists: readonly (readonly number[])[]): Buffer {
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  const bytes = Buffer.allocUnsafe(20 + 8 * count);
  let at = 0;
  // Dimensions, no nulls, the type of the elements, how many, the first index.
  for (const field of [1, 0, integerOid, count, 1]) at = bytes.writeInt32BE(field, at);
  for (const list of lists) for (const number of list) at = bytes.writeInt32BE(number, bytes.writeInt32BE(4, at));
  return bytes;
}
