type Idle = (run: () => void, options: { timeout: number }) => unknown;

const longestWaitMs = 2_000;

/** Resolves when the page has nothing better to do. */
export const whenIdle = (): Promise<void> =>
  new Promise((resolve) => {
    const { requestIdleCallback } = globalThis as { requestIdleCallback?: Idle };
    if (requestIdleCallback === undefined) setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: longestWaitMs });
  });
