export interface Flushable {
  flush(): void;
}

export interface Outbox {
  add(item: Flushable): void;
}

/** Flushes all that waits once per turn of the event loop, so that frames of one turn leave in one write. */
export function createOutbox(): Outbox {
  let waiting: Flushable[] = [];

  function flushAll(): void {
    const items = waiting;
    waiting = [];
    for (const item of items) item.flush();
  }

  return {
    add(item) {
      if (waiting.push(item) === 1) setImmediate(flushAll);
    },
  };
}
