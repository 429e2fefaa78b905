/** Something with one deadline at a time. The wheel writes `wheelSlot` and `wheelTick`. */
export interface WheelEntry {
  wheelSlot: number;
  wheelTick: number;
  onDeadline(): void;
}

/** Deadlines of any number of connections on one timer. Never early, late by less than one tick and the loop's delay. */
export interface TimingWheel {
  /** Sets the entry's deadline; an earlier one is replaced. */
  schedule(entry: WheelEntry, afterMs: number): void;
  cancel(entry: WheelEntry): void;
  readonly size: number;
  /** One step; called by the wheel's own timer, and by tests. */
  tick(): void;
  close(): void;
}

export const NOT_SCHEDULED = -1;

export function createTimingWheel({ tickMs = 1000, slots: slotCount = 64 } = {}): TimingWheel {
  const slots = Array.from({ length: slotCount }, () => new Set<WheelEntry>());
  let now = 0;
  let size = 0;
  const timer = setInterval(tick, tickMs);
  timer.unref();

  function cancel(entry: WheelEntry): void {
    if (entry.wheelSlot === NOT_SCHEDULED) return;
    slots[entry.wheelSlot]!.delete(entry);
    entry.wheelSlot = NOT_SCHEDULED;
    size -= 1;
  }

  function schedule(entry: WheelEntry, afterMs: number): void {
    cancel(entry);
    // The current tick is partly over: one more makes the deadline never early.
    entry.wheelTick = now + Math.ceil(Math.max(0, afterMs) / tickMs) + 1;
    entry.wheelSlot = entry.wheelTick % slotCount;
    slots[entry.wheelSlot]!.add(entry);
    size += 1;
  }

  function tick(): void {
    now += 1;
    for (const entry of slots[now % slotCount]!) {
      if (entry.wheelTick > now) continue;
      cancel(entry);
      entry.onDeadline();
    }
  }

  return {
    schedule,
    cancel,
    tick,
    get size() {
      return size;
    },
    close: () => clearInterval(timer),
  };
}
