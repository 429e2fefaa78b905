/** RFC 6455, 5.2. */
const FIN = 0x80;
const TEXT = 0x1;
const PING = 0x9;
const PONG = 0xa;
const MASKED = 0x80;

/** A server's text frame. */
export function serverFrame(text: string): Buffer {
  return frame(TEXT, Buffer.from(text), false);
}

/** A client's text frame. The mask is zero, which is a mask like any other and changes nothing. */
export function clientFrame(text: string): Buffer {
  return frame(TEXT, Buffer.from(text), true);
}

export const clientPong: Buffer = frame(PONG, Buffer.alloc(0), true);

function frame(opcode: number, payload: Buffer, isMasked: boolean): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended + (isMasked ? 4 : 0));
  header[0] = FIN | opcode;
  header[1] = (isMasked ? MASKED : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

/** Where one connection's stream of server frames stands: frames are counted by their length, never looked into. */
export interface FrameStream {
  opcode: number;
  headerBytes: number;
  lengthBytes: number;
  length: number;
  /** Bytes of the present frame still to come. */
  left: number;
}

export const newStream = (): FrameStream => ({ opcode: 0, headerBytes: 0, lengthBytes: 0, length: 0, left: 0 });

/** Calls `onFrame` for each frame that ends in these bytes. */
export function scan(
  stream: FrameStream,
  bytes: Uint8Array,
  end: number,
  onFrame: (opcode: number, length: number) => void,
): void {
  let at = 0;
  while (at < end) {
    if (stream.left > 0) {
      const taken = Math.min(stream.left, end - at);
      stream.left -= taken;
      at += taken;
    } else if (takeHeaderByte(stream, bytes[at++] as number)) {
      stream.left = stream.length;
    } else continue;
    if (stream.left > 0) continue;
    stream.headerBytes = 0;
    onFrame(stream.opcode, stream.length);
  }
}

/** True when the header is complete. */
function takeHeaderByte(stream: FrameStream, byte: number): boolean {
  stream.headerBytes += 1;
  if (stream.headerBytes === 1) {
    stream.opcode = byte & 0xf;
    return false;
  }
  if (stream.headerBytes === 2) {
    const short = byte & 0x7f;
    stream.lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    stream.length = short < 126 ? short : 0;
    return stream.lengthBytes === 0;
  }
  stream.length = stream.length * 256 + byte;
  return stream.headerBytes === 2 + stream.lengthBytes;
}

export const isText = (opcode: number): boolean => opcode === TEXT;
export const isPing = (opcode: number): boolean => opcode === PING;
