/** What a message id is derived from when its sender gives a key: so every instance answers a repeat with the same id. */
export const messageIdSource = (chatId: string, senderId: string, clientMessageId: string): string =>
  `${chatId}\n${senderId}\n${clientMessageId}`;

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The first 16 bytes of a digest as a UUIDv8 (RFC 9562, section 5.8). */
export function uuidV8(digest: Uint8Array): string {
  const bytes = digest.slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let text = '';
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += hexOf[bytes[index]!];
  }
  return text;
}
