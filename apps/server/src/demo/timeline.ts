import type { DemoChat } from './chats.ts';
import type { Random } from './random.ts';
import { type Line, readTalk } from './script.ts';
import { endings } from './texts/endings.ts';

/** A message of the past. `replyTo` is an index in the same chat. */
export interface PastMessage {
  sender: string;
  content: string;
  sentAt: number;
  replyTo?: number;
  before?: string;
  /** Something new is talked about. */
  isStart: boolean;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** All messages of a chat, oldest first, the last one `quietFor` minutes ago. */
export function pastOf(chat: DemoChat, now: number, random: Random): PastMessage[] {
  const messages: PastMessage[] = [];
  for (const talk of talksOf(chat, random)) {
    const speakers = talk.isEnding ? chat.members : speakersOf(chat, random);
    const first = messages.length;
    for (const { speaker, replyTo, ...line } of talk.lines) {
      const sender = speakers[speaker % speakers.length]!;
      const reply = replyTo === undefined ? {} : { replyTo: first + replyTo };
      messages.push({ ...line, ...reply, sender, sentAt: 0, isStart: messages.length === first });
    }
  }
  const last = now - chat.quietFor * minute;
  setTimes(messages, chat.quietFor < 60 ? last : awake(last, random), chat.type === 'channel', random);
  return messages;
}

/** In a direct chat sometimes the one begins, sometimes the other; in a channel always its owner speaks. */
function speakersOf(chat: DemoChat, random: Random): readonly string[] {
  return chat.type === 'channel' ? chat.members.slice(0, 1) : random.shuffled(chat.members);
}

interface Talk {
  lines: Line[];
  isEnding: boolean;
}

/** Each text once before any comes again. */
function talksOf(chat: DemoChat, random: Random): Talk[] {
  const ending = endings[chat.title ?? chat.members.join('+')] ?? [];
  const talks: Talk[] = [];
  let deck: (readonly string[])[] = [];
  for (let count = ending.length; count < chat.size; ) {
    if (deck.length === 0) deck = random.shuffled(chat.texts);
    const lines = readTalk(deck.pop()!, random);
    talks.push({ lines, isEnding: false });
    count += lines.length;
  }
  if (ending.length > 0) talks.push({ lines: readTalk(ending, random), isEnding: true });
  return talks;
}

/** From the last to the first: answers come within minutes, talks are hours apart, and at night people sleep. */
function setTimes(messages: readonly PastMessage[], last: number, isChannel: boolean, random: Random): void {
  let at = last;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    messages[index]!.sentAt = at;
    const { isStart } = messages[index]!;
    at -= isStart ? random.between(60, isChannel ? 1_500 : 600) * minute : random.between(9_000, 160_000);
    at = awake(at, random);
  }
}

/** Between eleven at night and seven, nothing is written: it was written the evening before. */
function awake(at: number, random: Random): number {
  const time = new Date(at);
  const hour = time.getHours();
  if (hour >= 7 && hour < 23) return at;
  const evening = new Date(at);
  evening.setHours(22, 59, 59, 0);
  if (hour < 7) evening.setTime(evening.getTime() - day);
  return evening.getTime() - random.between(0, 50) * minute;
}
