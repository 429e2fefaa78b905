import type { Participant } from '@parley/contract';
import { differentNames, nameKey, namesIn } from '@parley/contract/mentions';
import { type TextPart, textParts } from '../conversation/text-parts.ts';

/** Somebody whom a message mentions. */
export interface Mentioned {
  id: string;
  isMe: boolean;
  /** As far as they are known. */
  person: Participant | undefined;
}

export type MentionPart = TextPart | { kind: 'mention'; text: string; who: Mentioned };

/**
 * A text with its links and with those whom it mentions. Other names in it are words like any other. Who is called otherwise since
 * is known by their place: names and people stand in the same order.
 */
export function mentionParts(content: string, mentioned: readonly Mentioned[]): MentionPart[] {
  const parts = textParts(content);
  if (mentioned.length === 0) return parts;
  const people = byName(content, mentioned);
  return parts.flatMap((part) => (part.kind === 'text' ? split(part.text, people) : [part]));
}

function split(text: string, people: ReadonlyMap<string, Mentioned>): MentionPart[] {
  const parts: MentionPart[] = [];
  let done = 0;
  for (const { name, start, end } of namesIn(text)) {
    const who = people.get(nameKey(name));
    if (who === undefined) continue;
    if (start > done) parts.push({ kind: 'text', text: text.slice(done, start) });
    parts.push({ kind: 'mention', text: text.slice(start, end), who });
    done = end;
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) });
  return parts;
}

function byName(content: string, mentioned: readonly Mentioned[]): Map<string, Mentioned> {
  const names = differentNames(content);
  const called = new Map(mentioned.map((who) => [nameKey(who.person?.username ?? ''), who]));
  const people = new Map(names.flatMap((name) => (called.has(name) ? [[name, called.get(name)!]] : [])));
  const nameless = names.filter((name) => !people.has(name));
  const others = mentioned.filter((who) => ![...people.values()].includes(who));
  // Where each of the others has a name left, these are theirs; otherwise some are names of nobody.
  if (nameless.length === others.length) for (const [place, who] of others.entries()) people.set(nameless[place]!, who);
  return people;
}
