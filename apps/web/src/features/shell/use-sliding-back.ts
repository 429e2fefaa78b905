import { nextTick, onBeforeUnmount } from 'vue';
import { type RouteLocationNormalized, useRouter } from 'vue-router';
import type { useEdgeSwipe } from './use-edge-swipe.ts';

const hasSide = ({ query }: RouteLocationNormalized): boolean => 'info' in query || 'find' in query;

/** From a pane to what lies beneath it. */
const leadsBack = (to: RouteLocationNormalized, from: RouteLocationNormalized): boolean =>
  from.meta.isDetail === true &&
  (to.meta.isDetail !== true || (to.path === from.path && hasSide(from) && !hasSide(to)));

/** Going back by a button, or by that of the browser, looks as it does by a finger. */
export function useSlidingBack({ slide, rest }: Pick<ReturnType<typeof useEdgeSwipe>, 'slide' | 'rest'>): void {
  const router = useRouter();
  const forget = [
    router.beforeEach(async (to, from) => {
      if (leadsBack(to, from)) await slide();
    }),
    router.afterEach(() => void nextTick(rest)),
  ];
  onBeforeUnmount(() => {
    for (const stop of forget) stop();
  });
}
