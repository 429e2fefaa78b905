import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Milliseconds a code is shown (RFC 6238, section 4.1). */
const stepMs = 30_000;
/** Steps that the clock of a phone may be off, either way. */
const drift = 1;

/** 160 bits, as RFC 4226, section 4, recommends. */
export const newSecret = (): Buffer => randomBytes(20);

/** Base 32 without padding (RFC 4648, section 6), as authenticator apps take secrets. */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** HOTP with SHA-1 (RFC 4226, section 5.3). */
export function codeAt(secret: Uint8Array, step: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac[19]! & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** TOTP (RFC 6238): the step of the clock. */
export const stepAt = (now: number): number => Math.floor(now / stepMs);

/** The step that the code belongs to, if it is one of now and later than `lastStep`. Takes as long whichever it is. */
export function stepOf(secret: Uint8Array, code: string, now: number, lastStep: number): number | undefined {
  const given = Buffer.from(code.replaceAll(/\s/g, '').padEnd(6, '-').slice(0, 7));
  let found: number | undefined;
  for (let step = stepAt(now) - drift; step <= stepAt(now) + drift; step += 1) {
    const expected = Buffer.from(codeAt(secret, step));
    const isEqual = given.length === expected.length && timingSafeEqual(given, expected);
    if (isEqual && step > lastStep) found ??= step;
  }
  return found;
}

/** What the QR code says, in the form that authenticator apps agree on. */
export function toUri(secret: Uint8Array, account: string, issuer: string): string {
  const query = new URLSearchParams({ secret: toBase32(secret), issuer });
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${query}`;
}
