import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageIdSource, uuidV8 } from './ids.ts';

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

describe('uuidV8', () => {
  it('makes a valid UUID of version 8 of any digest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), (digest) => {
        expect(uuidV8(digest)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
  });

  it('keeps every bit of the digest but the six that say what it is', () => {
    const digest = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 3);
    expect(uuidV8(digest)).toBe('030a1118-1f26-8d34-bb42-4950575e656c');
  });

  it('does not change the digest', () => {
    const digest = new Uint8Array(32).fill(255);
    uuidV8(digest);
    expect(digest.every((byte) => byte === 255)).toBe(true);
  });
});

describe('messageIdSource', () => {
  const part = fc.stringMatching(/^[\x21-\x7e]{1,20}$/);

  it('is the same only for the same chat, sender and key', () => {
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, other) => {
        const isSame = one.every((value, index) => value === other[index]);
        expect(messageIdSource(...one) === messageIdSource(...other)).toBe(isSame);
      }),
    );
  });

  it('is not confused by where one part ends', () => {
    expect(messageIdSource('a', 'bc', 'd')).not.toBe(messageIdSource('ab', 'c', 'd'));
  });

  it('is what every published id was made of, and must never change', () => {
    const chat = '0190a6f0-0000-7000-8000-000000000001';
    const sender = '0190a6f0-0000-7000-8000-000000000002';
    expect(uuidV8(sha256(messageIdSource(chat, sender, 'key-1')))).toBe('db4106a8-bb7f-8171-bd1f-a21127024eb8');
  });
});
