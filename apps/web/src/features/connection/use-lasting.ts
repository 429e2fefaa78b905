import { type Ref, shallowRef, watch } from 'vue';

/** The value, once there has been one for this long; nothing as soon as there is none. */
export function useLasting<T>(
  source: Readonly<Ref<T | undefined>>,
  milliseconds: number,
): Readonly<Ref<T | undefined>> {
  const shown = shallowRef<T>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(): void {
    timer = undefined;
    shown.value = source.value;
  }

  watch(
    source,
    (value) => {
      if (value === undefined) {
        clearTimeout(timer);
        show();
      } else if (shown.value !== undefined) show();
      else timer ??= setTimeout(show, milliseconds);
    },
    { immediate: true },
  );
  return shown;
}
