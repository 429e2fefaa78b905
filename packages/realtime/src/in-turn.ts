export const MAX_IN_FLIGHT = 64;

/** A connection's work under way. `serial` holds the last work of each key and exists only while there is any. */
export interface Working {
  inFlight: number;
  serial: Map<string, Promise<void>> | undefined;
}

/** Runs work of one key one after the other. `work` must not throw; the promise resolves when it is done. */
export function inTurn(owner: Working, key: string | undefined, work: () => Promise<void>): Promise<void> {
  owner.inFlight += 1;
  const before = key === undefined ? undefined : owner.serial?.get(key);
  const done = (before === undefined ? work() : before.then(work)).finally(() => {
    owner.inFlight -= 1;
    if (key !== undefined && owner.serial?.get(key) === done) owner.serial.delete(key);
    if (owner.serial?.size === 0) owner.serial = undefined;
  });
  if (key !== undefined) {
    owner.serial ??= new Map();
    owner.serial.set(key, done);
  }
  return done;
}
