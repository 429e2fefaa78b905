import type { Wire } from './wire.ts';

const beatMs = 1_000;
/** Between the first beats of a connection, until one has come back. */
const firstBeatMs = 20;
/** A beat is due every second; one that is lost in a busy moment does not count yet. */
const freshMs = 2_500;
/** A connection that carries nothing for this long is made anew, however open it looks. */
const stuckMs = 10_000;

/**
 * Publishes to itself every second: only what has gone the whole way and come back proves that events arrive. It tells
 * a server that is stopped from one that is slow, and sees each of a cluster's servers.
 */
export interface Heartbeat {
  readonly isFresh: boolean;
  /** A beat came back on this channel. */
  heard(channel: string): void;
  /** Subscribed anew. It counts when the first beat has come back: those who publish may be connected later than those who hear. */
  begin(): void;
  end(): void;
  close(): void;
}

interface Options {
  wire: Pick<Wire, 'probes' | 'publish' | 'subscribe' | 'reconnect'>;
  onChange(isFresh: boolean): void;
  now?: () => number;
}

export function createHeartbeat({ wire, onChange, now = () => performance.now() }: Options): Heartbeat {
  const heardAt = new Map<string, number>();
  let isBeating = false;
  let wasFresh = false;
  /** Since when nothing shows that the present connection carries anything. */
  let doubtSince = now();
  const timer = setInterval(beat, beatMs);
  timer.unref();

  function beat(): void {
    if (isBeating) probe();
    tell();
    if (isFresh()) doubtSince = now();
    if (now() - doubtSince < stuckMs) return;
    doubtSince = now();
    wire.reconnect();
  }

  function probe(): void {
    const probes = wire.probes();
    void watch(probes, now());
    publish(probes);
  }

  function publish(probes: readonly string[]): void {
    for (const channel of probes) wire.publish(channel, '').catch(() => {});
  }

  async function prove(): Promise<void> {
    const probes = wire.probes();
    await watch(probes, Number.NEGATIVE_INFINITY);
    while (isBeating && !isFresh()) {
      publish(probes);
      await new Promise((resolve) => setTimeout(resolve, firstBeatMs).unref());
    }
  }

  /** A cluster's servers come and go. */
  async function watch(probes: readonly string[], heardSince: number): Promise<void> {
    for (const known of heardAt.keys()) if (!probes.includes(known)) heardAt.delete(known);
    const added = probes.filter((probe) => !heardAt.has(probe));
    for (const probe of added) heardAt.set(probe, heardSince);
    if (added.length > 0) await wire.subscribe(added).catch(() => {});
  }

  function oldest(): number {
    let age = 0;
    for (const at of heardAt.values()) age = Math.max(age, now() - at);
    return age;
  }

  function isFresh(): boolean {
    return isBeating && oldest() < freshMs;
  }

  function tell(): void {
    if (isFresh() === wasFresh) return;
    wasFresh = !wasFresh;
    onChange(wasFresh);
  }

  return {
    get isFresh() {
      tell();
      return wasFresh;
    },
    heard(channel) {
      if (heardAt.has(channel)) heardAt.set(channel, now());
      tell();
    },
    begin() {
      isBeating = true;
      heardAt.clear();
      void prove();
    },
    end() {
      isBeating = false;
      tell();
    },
    close() {
      isBeating = false;
      clearInterval(timer);
    },
  };
}
