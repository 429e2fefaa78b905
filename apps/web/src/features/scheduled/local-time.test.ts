import { describe, expect, it } from 'vitest';
import { fromField, toField } from './local-time.ts';

const now = new Date(2026, 0, 31, 12, 5).getTime();

describe('a field of date and time', () => {
  it('holds the time of this machine', () => {
    expect(toField(now)).toBe('2026-01-31T12:05');
    expect(fromField('2026-01-31T12:06', now)).toBe(new Date(now + 60_000).toISOString());
  });

  it('may hold nothing, or what has passed', () => {
    expect(fromField('', now)).toBeUndefined();
    expect(fromField('2026-01-31T12:05', now)).toBeUndefined();
  });
});
