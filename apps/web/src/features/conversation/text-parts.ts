/** A message is shown as text nodes and links, never as markup. */
export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

const address = /(?:https?:\/\/|www\.)[^\s<>"'`]+/giu;
/** What ends a sentence does not belong to the address before it. */
const endings = new Set('.,:;!?…\'"»”)]}');
const openings: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

export function textParts(content: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of content.matchAll(address)) {
    const text = withoutTail(match[0]);
    const href = hrefOf(text);
    if (href === undefined) continue;
    if (match.index > done) parts.push({ kind: 'text', text: content.slice(done, match.index) });
    parts.push({ kind: 'link', text, href });
    done = match.index + text.length;
  }
  if (done < content.length) parts.push({ kind: 'text', text: content.slice(done) });
  return parts;
}

/** A closing bracket stays where its opening one is in the address. Looks at each character a fixed number of times. */
function withoutTail(found: string): string {
  const counts = new Map<string, number>();
  for (const character of found) counts.set(character, (counts.get(character) ?? 0) + 1);
  const countOf = (character: string): number => counts.get(character) ?? 0;
  let end = found.length;
  for (;;) {
    const last = found[end - 1] ?? '';
    const opening = openings[last];
    const isPaired = opening !== undefined && countOf(opening) >= countOf(last);
    if (!endings.has(last) || isPaired) return found.slice(0, end);
    counts.set(last, countOf(last) - 1);
    end -= 1;
  }
}

function hrefOf(text: string): string | undefined {
  const whole = /^www\./i.test(text) ? `https://${text}` : text;
  if (!URL.canParse(whole)) return undefined;
  const { protocol, hostname, href } = new URL(whole);
  return /^https?:$/.test(protocol) && hostname.includes('.') ? href : undefined;
}

const emojiOnly = /^(?:\p{RGI_Emoji}|\s)+$/v;
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One to three emoji and nothing else are shown large. */
export function isBigEmoji(content: string): boolean {
  if (content.length > 60 || !emojiOnly.test(content)) return false;
  const seen = [...segments.segment(content)].filter(({ segment }) => segment.trim() !== '').length;
  return seen > 0 && seen <= 3;
}
