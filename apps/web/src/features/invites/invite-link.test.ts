import { describe, expect, it } from 'vitest';
import { expiryOf, isOver, shortLink } from './invite-link.ts';

const now = Date.parse('2026-01-31T12:00:00.000Z');
const invite = {
  token: 'abcdefghijkl',
  chatId: 'c',
  createdBy: 'p',
  createdAt: '',
  useCount: 2,
  requiresApproval: false,
};

describe('a link', () => {
  it('is told from others by its beginning', () => {
    expect(shortLink(invite)).toBe('/join/abcdefgh…');
  });

  it('ends after the time chosen, or never', () => {
    expect(expiryOf('never', now)).toBeUndefined();
    expect(expiryOf('day', now)).toBe('2026-02-01T12:00:00.000Z');
    expect(expiryOf('month', now)).toBe('2026-03-02T12:00:00.000Z');
  });

  it('is over when its time or its places are', () => {
    expect(isOver(invite, now)).toBe(false);
    expect(isOver({ ...invite, maxUses: 3 }, now)).toBe(false);
    expect(isOver({ ...invite, maxUses: 2 }, now)).toBe(true);
    expect(isOver({ ...invite, expiresAt: '2026-01-31T12:00:00.000Z' }, now)).toBe(true);
  });
});
