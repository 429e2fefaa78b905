import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const stepMs = 30_000;

/** An authenticator app (RFC 6238), told apart from the server's code: what it shows has to fit. */
export function createAuthenticator(base32: string): { nextCode(): Promise<string> } {
  const secret = fromBase32(base32.replaceAll(/\s/g, ''));
  let step = 0;
  return {
    /** One that was not shown yet; at most one step ahead of the clock, which servers take. */
    async nextCode() {
      while (Math.floor(Date.now() / stepMs) + 1 <= step) await sleep(500);
      step = Math.max(step + 1, Math.floor(Date.now() / stepMs));
      return codeAt(secret, step);
    },
  };
}

function fromBase32(text: string): Buffer {
  const values = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

function codeAt(secret: Buffer, step: number): string {
  const mac = createHmac('sha1', secret)
    .update(Buffer.from(step.toString(16).padStart(16, '0'), 'hex'))
    .digest();
  const number = mac.readUInt32BE(mac[19]! & 0xf) & 0x7f_ff_ff_ff;
  return String(number % 1_000_000).padStart(6, '0');
}
