/**
 * Reads many at once: what is asked for while a read is under way is read by the next one, together. Each answer comes from
 * a read that began after it was asked for, so it is as fresh as one of its own.
 */
export function gathered<Key, Value>(read: (keys: readonly Key[]) => Promise<readonly Value[]>, most = 256) {
  const waiting: { key: Key; resolve(value: Value): void; reject(error: unknown): void }[] = [];
  let isReading = false;

  async function readAll(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting.splice(0, most);
      try {
        const values = await read(taken.map(({ key }) => key));
        for (const [index, { resolve }] of taken.entries()) resolve(values[index] as Value);
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    isReading = false;
  }

  return (key: Key): Promise<Value> =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (isReading) return;
      isReading = true;
      queueMicrotask(readAll);
    });
}
