/** How well a text answers: 0 it begins so, 1 one of its words does, 2 it is in it somewhere. */
function rankOf(text: string, wanted: string): number | undefined {
  const plain = text.toLocaleLowerCase();
  if (plain.startsWith(wanted)) return 0;
  if (plain.split(/[\s·,:._-]+/).some((word) => word.startsWith(wanted))) return 1;
  return plain.includes(wanted) ? 2 : undefined;
}

/** Those that answer to what was typed, the best first; equals stay in their order. */
export function bestOf<T extends { text: string }>(items: readonly T[], typed: string, most: number): T[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === '') return items.slice(0, most);
  return items
    .map((item) => ({ item, rank: rankOf(item.text, wanted) }))
    .filter((found): found is { item: T; rank: number } => found.rank !== undefined)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ item }) => item);
}
