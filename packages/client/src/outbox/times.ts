/** Times of what waits, as RFC 3339. No two are the same and none is before one that was seen, whatever the clock does: time is an order. */
export function createTimes(now: () => number = Date.now) {
  let last = 0;
  return {
    next(): string {
      last = Math.max(now(), last + 1);
      return new Date(last).toISOString();
    },
    /** Of an earlier run. */
    see(time: string): void {
      last = Math.max(last, Date.parse(time));
    },
  };
}
