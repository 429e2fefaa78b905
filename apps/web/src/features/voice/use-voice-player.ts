import { computed, onBeforeUnmount, type Ref, ref } from 'vue';

/** Only one speaks at a time, and the next one at the same pace. */
let playing: HTMLAudioElement | undefined;
const speed = ref(1);
const speeds: readonly number[] = [1, 1.5, 2];

export function useVoicePlayer(sound: Readonly<Ref<HTMLAudioElement | null>>, seconds: () => number | undefined) {
  const isPlaying = ref(false);
  const isBroken = ref(false);
  const at = ref(0);
  const measured = ref<number>();
  const duration = computed(() => seconds() ?? measured.value ?? 0);
  /** Chosen before anything was loaded. */
  let wanted: number | undefined;

  function pace(): void {
    if (sound.value === null) return;
    sound.value.playbackRate = speed.value;
    sound.value.preservesPitch = true;
  }

  async function play(element: HTMLAudioElement): Promise<void> {
    if (playing !== element) playing?.pause();
    playing = element;
    isBroken.value = false;
    pace();
    try {
      await element.play();
    } catch (error) {
      // Paused before it began is no fault.
      isBroken.value = !(error instanceof DOMException && error.name === 'AbortError');
    }
  }

  function toggle(): void {
    const element = sound.value;
    if (element === null) return;
    if (isPlaying.value) element.pause();
    else void play(element);
  }

  function seek(to: number): void {
    at.value = to;
    const element = sound.value;
    if (element === null) return;
    if (element.readyState > 0) element.currentTime = to;
    else wanted = to;
  }

  function nextSpeed(): void {
    speed.value = speeds[(speeds.indexOf(speed.value) + 1) % speeds.length] ?? 1;
    if (playing !== undefined) playing.playbackRate = speed.value;
  }

  const listeners = {
    play: () => {
      isPlaying.value = true;
    },
    pause: () => {
      isPlaying.value = false;
    },
    timeupdate: () => {
      at.value = sound.value?.currentTime ?? 0;
    },
    loadedmetadata: () => {
      pace();
      if (wanted !== undefined && sound.value !== null) sound.value.currentTime = wanted;
      wanted = undefined;
    },
    /** Recordings of browsers do not say how long they are until all was read. */
    durationchange: () => {
      const length = sound.value?.duration ?? Number.NaN;
      if (Number.isFinite(length)) measured.value = length;
    },
    ended: () => {
      at.value = 0;
      isPlaying.value = false;
    },
  };

  onBeforeUnmount(() => {
    sound.value?.pause();
    if (playing === sound.value) playing = undefined;
  });

  return { isPlaying, isBroken, at, duration, speed, toggle, seek, nextSpeed, listeners };
}
