import { AppError, Id, optional, Timestamp, Type } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { isStorable } from './storable.ts';
import { parser } from './validation.ts';

const upper = 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA';
const schema = Type.Object({
  chatId: Id,
  memberIds: optional(Type.Array(Id)),
  until: optional(Timestamp),
  inner: optional(Type.Object({ at: Timestamp })),
  title: optional(Type.String()),
});
const parse = parser(schema, 'body');

function refusalOf(input: unknown): unknown {
  try {
    parse(input);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return { code: (error as AppError).code, ...(error as AppError).details };
  }
  return undefined;
}

describe('one spelling', () => {
  test('for ids: lower case, however deep', () => {
    expect(parse({ chat_id: upper, member_ids: [upper] })).toEqual({
      chatId: upper.toLowerCase(),
      memberIds: [upper.toLowerCase()],
    });
  });

  test('for times: UTC with milliseconds', () => {
    const input = { chatId: upper, until: '2026-01-01T02:00:00+02:00', inner: { at: '2026-01-01T00:00:00.5Z' } };
    expect(parse(input)).toMatchObject({
      until: '2026-01-01T00:00:00.000Z',
      inner: { at: '2026-01-01T00:00:00.500Z' },
    });
  });

  test('what was handed in is left as it was', () => {
    const input = { chatId: upper, inner: { at: '2026-01-01T02:00:00+02:00' }, memberIds: [upper] };
    parse(input);
    expect(input).toEqual({ chatId: upper, inner: { at: '2026-01-01T02:00:00+02:00' }, memberIds: [upper] });
  });
});

test.each([
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:00-23:59',
  '2026-12-31T23:59:60Z',
  '2026-01-01T00:00:00Z[Europe/Paris]',
])('a time that cannot be kept: %s', (until) => {
  expect(refusalOf({ chatId: upper, until })).toMatchObject({ code: 'validation_error' });
});

test.each(['a\u0000b', '\ud800', 'half \udc00'])('a text that cannot be kept: %j', (title) => {
  expect(refusalOf({ chatId: upper, title })).toMatchObject({ code: 'validation_error' });
  expect(refusalOf({ chatId: upper, unknown: [{ [title]: 1 }] })).toMatchObject({ code: 'validation_error' });
});

test('a text of whole characters is kept', () => {
  expect(parse({ chatId: upper, title: '😀' })).toMatchObject({ title: '😀' });
});

test('depth costs no stack', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(400_000)}${']'.repeat(400_000)}`);
  expect(isStorable(deep)).toBe(true);
  expect(parse({ chatId: upper, unknown: deep })).toMatchObject({ chatId: upper.toLowerCase() });
});
