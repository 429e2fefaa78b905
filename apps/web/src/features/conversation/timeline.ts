import type { OutboxItem } from '@parley/client';
import type { Message } from '@parley/contract';
import { startOfDay } from '../../i18n/formats.ts';

/** Messages of one sender belong together when no longer than this is between two of them. */
const groupMs = 5 * 60_000;

interface Common {
  /** Stays the same when a message that was on its way is stored. */
  key: string;
  at: number;
}
export interface MessageEntry extends Common {
  kind: 'message';
  message: Message;
  isOwn: boolean;
  isFirst: boolean;
  isLast: boolean;
}
export interface PendingEntry extends Common {
  kind: 'pending';
  item: OutboxItem;
  isFirst: boolean;
  isLast: boolean;
}
export interface ServiceEntry extends Common {
  kind: 'service';
  message: Message;
}
export interface UnreadEntry extends Common {
  kind: 'unread';
}
/** Messages are missing here; they will be loaded. */
export interface GapEntry extends Common {
  kind: 'gap';
}
export type Entry = MessageEntry | PendingEntry | ServiceEntry | UnreadEntry | GapEntry;

export interface Day {
  /** Midnight, by this machine's clock. */
  start: number;
  entries: Entry[];
}

interface Source {
  messages: readonly Message[];
  /** Own messages on their way: always shown, wherever the reader is. */
  pending: readonly OutboxItem[];
  /** Whether something comes between the messages and those on their way. */
  hasNewer?: boolean;
  myParticipantId: string;
  /** The line "unread" stands before the first message of others after this sequence. */
  unreadAfter: number | undefined;
}

/** What a conversation shows, from top to bottom. */
export function timelineOf(source: Source): Day[] {
  const pending = source.pending.map(pendingEntry);
  const first = pending[0];
  const gap: Entry[] = source.hasNewer && first !== undefined ? [{ kind: 'gap', key: 'gap', at: first.at }] : [];
  const entries = [...storedEntries(source), ...gap, ...pending];
  joinGroups(entries, source.myParticipantId);
  return daysOf(entries);
}

function storedEntries({ messages, myParticipantId, unreadAfter }: Source): Entry[] {
  const entries: Entry[] = [];
  let isDivided = unreadAfter === undefined;
  for (const message of messages) {
    // Its place stays in the log, but there is nothing to see.
    if (message.deletedAt !== undefined) continue;
    const entry = storedEntry(message, myParticipantId);
    if (!isDivided && isUnread(entry, unreadAfter ?? 0)) {
      entries.push({ kind: 'unread', key: 'unread', at: entry.at });
      isDivided = true;
    }
    entries.push(entry);
  }
  return entries;
}

const isUnread = (entry: Entry, after: number): boolean =>
  entry.kind === 'message' && !entry.isOwn && entry.message.sequence > after;

function storedEntry(message: Message, myParticipantId: string): Entry {
  const at = Date.parse(message.sentAt);
  if (message.service !== undefined) return { kind: 'service', key: message.id, at, message };
  const isOwn = message.senderId === myParticipantId;
  const key = (isOwn ? message.clientMessageId : undefined) ?? message.id;
  return { kind: 'message', key, at, message, isOwn, isFirst: true, isLast: true };
}

const pendingEntry = (item: OutboxItem): PendingEntry => ({
  kind: 'pending',
  key: item.clientMessageId,
  at: Date.parse(item.queuedAt),
  item,
  isFirst: true,
  isLast: true,
});

function joinGroups(entries: readonly Entry[], myParticipantId: string): void {
  const senderOf = (entry: Entry): string | undefined => {
    if (entry.kind === 'pending') return myParticipantId;
    return entry.kind === 'message' ? entry.message.senderId : undefined;
  };
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before === undefined || !('isFirst' in entry) || !('isLast' in before)) continue;
    const isNear = entry.at - before.at <= groupMs && startOfDay(entry.at) === startOfDay(before.at);
    if (!isNear || senderOf(entry) !== senderOf(before)) continue;
    entry.isFirst = false;
    before.isLast = false;
  }
}

/** A clock that runs behind does not start a day anew. */
function daysOf(entries: readonly Entry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const start = startOfDay(entry.at);
    const last = days.at(-1);
    if (last !== undefined && start <= last.start) last.entries.push(entry);
    else days.push({ start, entries: [entry] });
  }
  return days;
}

/** How far the log reaches in what is loaded, deleted messages included. */
export const newestSequence = (messages: readonly Message[]): number => messages.at(-1)?.sequence ?? 0;
