import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NewChat } from './chats.ts';
import { Type } from './schema.ts';
import { camelizeKnown } from './snake.ts';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelName = fc
  .array(fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), { minLength: 1, maxLength: 4 })
  .map(([first, ...rest]) => first + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(''));
const objectOf = (names: readonly string[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Type.Unknown()])));

describe('camelizeKnown', () => {
  it('spells every known field in camelCase, however it was written', () => {
    fc.assert(
      fc.property(fc.dictionary(camelName, fc.integer()), (fields) => {
        const written = Object.fromEntries(Object.entries(fields).map(([name, value]) => [snake(name), value]));
        expect(camelizeKnown(objectOf(Object.keys(fields)), written)).toEqual({ ...fields });
      }),
    );
  });

  it('changes nothing that is spelled as the schema has it', () => {
    fc.assert(
      fc.property(fc.dictionary(camelName, fc.jsonValue()), (fields) => {
        expect(camelizeKnown(objectOf(Object.keys(fields)), fields)).toEqual({ ...fields });
      }),
    );
  });

  it('never throws and never invents a value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const result = camelizeKnown(NewChat, value);
        expect(JSON.stringify(result).length).toBeLessThanOrEqual(JSON.stringify(value).length);
      }),
    );
  });

  it('goes into arrays and nested objects', () => {
    const schema = Type.Object({ outerField: Type.Array(Type.Object({ innerField: Type.String() })) });
    expect(camelizeKnown(schema, { outer_field: [{ inner_field: 'x' }] })).toEqual({
      outerField: [{ innerField: 'x' }],
    });
  });

  it('keeps a field that the schema itself spells in snake_case', () => {
    const schema = Type.Object({ refresh_token: Type.String() });
    expect(camelizeKnown(schema, { refresh_token: 'x' })).toEqual({ refresh_token: 'x' });
  });

  it('prefers camelCase where both are given, in any order', () => {
    const schema = Type.Object({ memberIds: Type.Unknown() });
    expect(camelizeKnown(schema, { memberIds: 1, member_ids: 2 })).toEqual({ memberIds: 1 });
    expect(camelizeKnown(schema, { member_ids: 2, memberIds: 1 })).toEqual({ memberIds: 1 });
  });

  it('leaves unknown fields as they are, and never sets a prototype', () => {
    const schema = Type.Object({ known: Type.Unknown() });
    expect(camelizeKnown(schema, { not_known: 1 })).toEqual({ not_known: 1 });
    const result = camelizeKnown(schema, JSON.parse('{"__proto__": {"known": 1}}')) as object;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Object.keys(result)).toEqual([]);
  });

  it('leaves the keys of a map alone', () => {
    const schema = Type.Object({ positions: Type.Record(Type.String(), Type.Object({ offset: Type.Integer() })) });
    const value = { positions: { 'chat:a_b': { offset: 1 } } };
    expect(camelizeKnown(schema, value)).toEqual(value);
  });
});
