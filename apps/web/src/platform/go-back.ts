import { type RouteLocationRaw, type Router, useRouter } from 'vue-router';

/** What was shown, by its position in the history of the browser. What came before a reload is not known. */
const places: string[] = [];

export function rememberPlaces(router: Router): void {
  router.afterEach(({ fullPath }, _from, failure) => {
    if (failure === undefined) places[Number(history.state?.position ?? 0)] = fullPath;
  });
}

function stepsBackTo(wanted: readonly string[]): number | undefined {
  const { position = 0, back } = (history.state ?? {}) as { position?: number; back?: string | null };
  const found = places.slice(0, position).findLastIndex((place) => wanted.includes(place));
  if (found >= 0) return position - found;
  return back !== undefined && back !== null && wanted.includes(back) ? 1 : undefined;
}

/** Resolves when one is there, or has stayed. */
const arrival = (router: Router): Promise<void> =>
  new Promise((resolve) => {
    const stop = router.afterEach(() => {
      stop();
      resolve();
    });
  });

/**
 * To where one came from, so that the browser's own button does not lead to what was left. The first that was shown before counts;
 * where none was, the first takes the place of the page.
 */
export function useGoBack() {
  const router = useRouter();

  return async function goBack(...targets: [RouteLocationRaw, ...RouteLocationRaw[]]): Promise<void> {
    const wanted = targets.map((target) => router.resolve(target).fullPath);
    const steps = stepsBackTo(wanted);
    if (steps === undefined) {
      await router.replace(targets[0]);
      return;
    }
    const arrived = arrival(router);
    router.go(-steps);
    await arrived;
  };
}
