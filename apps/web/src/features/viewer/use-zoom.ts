import { computed, nextTick, onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

interface Measures {
  width: number;
  height: number;
}

const most = 8;

/** How large the picture is: all of it in the stage at first, then a multiple of that. Zooming keeps the middle where it is. */
export function useZoom(stage: Readonly<Ref<HTMLElement | null>>, picture: Readonly<Ref<Measures | undefined>>) {
  const zoom = ref(1);
  const room = ref<Measures>({ width: innerWidth, height: innerHeight });

  const fit = computed(() => {
    const { width = 1, height = 1 } = picture.value ?? {};
    return Math.min(1, room.value.width / width, room.value.height / height);
  });
  const size = computed(() => {
    const { width = 1, height = 1 } = picture.value ?? {};
    const scale = fit.value * zoom.value;
    return { inlineSize: `${Math.round(width * scale)}px`, blockSize: `${Math.round(height * scale)}px` };
  });

  async function set(next: number): Promise<void> {
    const box = stage.value;
    const middle = box && {
      x: (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth,
      y: (box.scrollTop + box.clientHeight / 2) / box.scrollHeight,
    };
    zoom.value = Math.max(1, Math.min(most, next));
    await nextTick();
    if (box && middle) {
      box.scrollLeft = middle.x * box.scrollWidth - box.clientWidth / 2;
      box.scrollTop = middle.y * box.scrollHeight - box.clientHeight / 2;
    }
  }

  const look = (): void => {
    const box = stage.value;
    if (box !== null) room.value = { width: box.clientWidth, height: box.clientHeight };
  };
  const sizes = new ResizeObserver(look);
  onMounted(() => stage.value && sizes.observe(stage.value));
  onBeforeUnmount(() => sizes.disconnect());

  return {
    zoom,
    size,
    isZoomed: computed(() => zoom.value > 1),
    reset: (): void => void set(1),
    step: (direction: 1 | -1): void => void set(zoom.value * (direction > 0 ? 1.5 : 1 / 1.5)),
    toggle: (): void => void set(zoom.value > 1 ? 1 : 2.5),
  };
}
