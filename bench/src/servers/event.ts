/** The event that every contender sends, unless asked for a size: one chat message, about 480 bytes on the wire. */
const chatMessage = {
  chatId: '0197a1f0-0000-7000-8000-000000000001',
  message: {
    id: '0197a1f0-0000-7000-8000-000000000002',
    chatId: '0197a1f0-0000-7000-8000-000000000001',
    senderId: '0197a1f0-0000-7000-8000-000000000003',
    content: 'Shall we meet at the station at eight?',
    messageType: 'text',
    status: 'sent',
    sequence: 1,
    sentAt: '2025-11-20T12:00:00.000Z',
  },
};

export let data: object = chatMessage;

/** From here on every event carries a text of so many bytes, and on the wire about 190 more that say what and where. */
export function carry(bytes: number): void {
  data = { text: 'x'.repeat(bytes) };
}

export const topic = `chat:${chatMessage.chatId}`;
const epoch = '0197a1f0-0000-7000-8000-000000000004';
let offset = 1_000_000;

/** What `/ws` sends, for servers that have no log: a new place for each event. */
export function nextText(): string {
  offset += 1;
  return JSON.stringify({ type: 'message', ...data, topic, epoch, offset });
}

export function nextPayload(): object {
  offset += 1;
  return { ...data, topic, epoch, offset };
}
