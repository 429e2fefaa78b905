import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { events } from './events.ts';
import { described, optional, Positions, strict, Type } from './schema.ts';

describe('strict', () => {
  const Outer = Type.Object({
    inner: Type.Object({ name: Type.String() }),
    list: Type.Optional(Type.Array(Type.Object({ id: Type.Integer() }))),
    either: Type.Optional(Type.Union([Type.Object({ a: Type.Integer() }), Type.Null()])),
  });

  it.each([
    ['at the top', { inner: { name: 'x' }, more: 1 }],
    ['in an object', { inner: { name: 'x', more: 1 } }],
    ['in an item of a list', { inner: { name: 'x' }, list: [{ id: 1, more: 1 }] }],
    ['in one of several', { inner: { name: 'x' }, either: { a: 1, more: 1 } }],
  ])('forbids an unknown field %s', (_where, value) => {
    expect(Value.Check(Outer, value)).toBe(true);
    expect(Value.Check(strict(Outer), value)).toBe(false);
  });

  it('accepts what has known fields only', () => {
    const value = { inner: { name: 'x' }, list: [{ id: 1 }], either: null };
    expect(Value.Check(strict(Outer), value)).toBe(true);
  });

  it('leaves the original as it was', () => {
    const before = JSON.stringify(Outer);
    strict(Outer);
    expect(JSON.stringify(Outer)).toBe(before);
  });

  it('still allows any key in a map', () => {
    const positions = { 'chat:1': { epoch: 'e', offset: 1 } };
    expect(Value.Check(strict(Positions), positions)).toBe(true);
    expect(Value.Check(strict(Positions), { 'chat:1': { epoch: 'e', offset: 1, more: 1 } })).toBe(false);
  });

  it.each(Object.entries(events))('closes the payload of %s', (_name, { payload }) => {
    expect((strict(payload) as { additionalProperties?: boolean }).additionalProperties).toBe(false);
  });
});

describe('described', () => {
  const Name = Type.String({ maxLength: 5 });

  it('says what a schema means in one place, and leaves the schema as it was', () => {
    const field = described(Name, 'Of the boat.');
    expect(field).toEqual({ type: 'string', maxLength: 5, description: 'Of the boat.' });
    expect(Name).not.toHaveProperty('description');
  });

  it('takes the place of what the schema says by itself', () => {
    expect(described(described(Name, 'Of anything.'), 'Of the boat.')).toHaveProperty('description', 'Of the boat.');
  });

  it.each([
    ['outside', described(optional(Name), 'Of the boat.')],
    ['inside', optional(described(Name, 'Of the boat.'))],
  ])('stays optional (%s)', (_where, field) => {
    const Boat = Type.Object({ field });
    expect(Value.Check(Boat, {})).toBe(true);
    expect(Value.Check(Boat, { field: 'longer' })).toBe(false);
  });
});
