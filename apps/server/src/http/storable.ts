/**
 * Whether PostgreSQL can keep every text in it: U+0000 has no place in its texts, half a surrogate pair none in UTF-8.
 * Without recursion, because a request may be as deep as it is long.
 */
export function isStorable(value: unknown): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string' && !isStorableText(next)) return false;
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, item] of Object.entries(next)) {
      if (!isStorableText(key)) return false;
      waiting.push(item);
    }
  }
  return true;
}

const isStorableText = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();
