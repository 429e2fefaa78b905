import { instanceOf } from './connection-table.ts';
import type { PresenceStore } from './redis-store.ts';

/** How long an instance that is silent is taken to live. */
export const leaseMs = 15_000;
const beatMs = 5_000;
const rejoinMs = 1_000;
const reapedAtOnce = 200;

/** This instance's place among the living. */
export interface Membership {
  /** The name under which connections are entered; undefined while Redis is away or does not know this instance. */
  readonly member: string | undefined;
  readonly living: ReadonlySet<string>;
  /** Something failed: whatever Redis has under the present name may be wrong. Joins again, under another. */
  doubt(): void;
  retire(ms: number): Promise<void>;
}

interface Options {
  store: PresenceStore;
  instanceId: string;
  /** Enters everything that is here, under the new name. */
  onJoined(member: string): Promise<void>;
  onLiving(): void;
  onError(error: unknown, what: string): void;
  times?: { leaseMs: number; beatMs: number; rejoinMs: number };
}

/**
 * Holds a lease, and clears up after those whose lease ran out. After a time in which nobody could renew (Redis was
 * stopped or away) the others get a whole lease to come back before anything of theirs is cleared.
 */
export function createMembership({ store, instanceId, onJoined, onLiving, onError, ...rest }: Options): Membership {
  const times = rest.times ?? { leaseMs, beatMs, rejoinMs };
  let member: string | undefined;
  /** Names of before, until Redis has been told that they are over. */
  const former = new Set<string>();
  let living: ReadonlySet<string> = new Set([instanceId]);
  let joins = 0;
  let hasJoined = false;
  let reapFrom = 0;
  let isRetired = false;
  let timer = setTimeout(turn, 0);

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (isRetired) return;
    timer = setTimeout(turn, ms);
    timer.unref();
  }

  function turn(): void {
    const work = member === undefined ? joinAgain() : beat(member);
    work
      .catch((error) => {
        if (member !== undefined) onError(error, 'presence is not shared while Redis is away');
        leaveName();
      })
      .finally(() => schedule(member === undefined ? times.rejoinMs : times.beatMs));
  }

  async function joinAgain(): Promise<void> {
    joins += 1;
    const name = `${instanceId}:${joins}`;
    former.add(name);
    await store.run('join', name, times.leaseMs);
    if (isRetired) return;
    former.delete(name);
    member = name;
    if (hasJoined) reapFrom = performance.now() + times.leaseMs;
    hasJoined = true;
    await onJoined(name);
    for (const over of former) {
      await store.run('retire', over, 0);
      former.delete(over);
    }
    if (member === name) await beat(name);
  }

  async function beat(name: string): Promise<void> {
    const answer = (await store.run('beat', name, times.leaseMs)) as [string[], string[]] | null;
    if (member !== name) return;
    if (answer === null) return leaveName();
    const [dead, alive] = answer;
    follow(new Set(alive.map(instanceOf)));
    if (performance.now() >= reapFrom) for (const gone of dead) await reap(gone);
  }

  function follow(now: ReadonlySet<string>): void {
    const isSame = now.size === living.size && [...now].every((known) => living.has(known));
    living = now;
    if (!isSame) onLiving();
  }

  async function reap(gone: string): Promise<void> {
    while (Number(await store.run('reap', gone, reapedAtOnce)) > 0);
  }

  function leaveName(): void {
    if (member !== undefined) former.add(member);
    member = undefined;
  }

  return {
    get member() {
      return member;
    },
    get living() {
      return living;
    },
    doubt() {
      if (member === undefined) return;
      leaveName();
      schedule(times.rejoinMs);
    },
    async retire(ms) {
      isRetired = true;
      clearTimeout(timer);
      if (member !== undefined) await store.run('retire', member, ms);
      member = undefined;
    },
  };
}
