import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useGoBack } from './go-back.ts';

/** Something that is open while the address says so, so that going back closes it. */
export function useQueryFlag(name: string) {
  const route = useRoute();
  const router = useRouter();
  const goBack = useGoBack();

  /** Undefined while it is closed; empty where there is nothing to say about it. */
  const value = computed<string | undefined>(() =>
    Object.hasOwn(route.query, name) ? String(route.query[name] ?? '') : undefined,
  );

  const open = (next = ''): Promise<unknown> => router.push({ query: { ...route.query, [name]: next || null } });

  /** Back to where it was opened, if that is the page before. */
  async function close(): Promise<void> {
    const { [name]: _, ...query } = route.query;
    const without = router.resolve({ query }).fullPath;
    if (history.state?.back === without) await goBack(without);
    else await router.replace(without);
  }

  return { value, open, close };
}
