/** Remembers the last `limit` ids, so that the copies of one event are told once. */
export function createRecentIds(limit = 4096) {
  const ids = new Set<string>();
  return {
    /** False when the id is already known. */
    add(id: string): boolean {
      if (ids.has(id)) return false;
      ids.add(id);
      if (ids.size > limit) ids.delete(ids.values().next().value as string);
      return true;
    },
  };
}
