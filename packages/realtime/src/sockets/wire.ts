/** RFC 6455, 5.2: a server's frames are not masked. */
const TEXT = 0x81;
const PING = 0x89;

/** A complete text frame, header and payload in one buffer. */
export function encodeText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = headerLength(length);
  const bytes = Buffer.allocUnsafeSlow(start + length);
  bytes[0] = TEXT;
  writeLength(bytes, length);
  bytes.write(text, start, 'utf8');
  return bytes;
}

export const pingFrame: Buffer = Buffer.from([PING, 0]);

function headerLength(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeLength(bytes: Buffer, length: number): void {
  if (length < 126) {
    bytes[1] = length;
  } else if (length < 65_536) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeUIntBE(0, 2, 2);
    bytes.writeUIntBE(length, 4, 6);
  }
}
