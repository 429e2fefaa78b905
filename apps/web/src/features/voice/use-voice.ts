import { computed, ref } from 'vue';
import { canRecord } from './can-record.ts';
import type { Recorded } from './record.ts';
import { useHold } from './use-hold.ts';

interface Parts {
  /** Nothing is written, so that there is room for a voice. */
  canBegin(): boolean;
  finish(): unknown;
  send(recorded: Recorded, ways: { silent?: true }): Promise<void>;
  say(problem: string | undefined): void;
  /** Back to writing. */
  leave(): void;
}

/** The microphone in the place of the send button. */
export function useVoice({ canBegin, finish, send, say, leave }: Parts) {
  const isRecording = ref(false);
  const isOffered = computed(() => isRecording.value || (canRecord() && canBegin()));

  function end(problem?: string): void {
    isRecording.value = false;
    say(problem);
    leave();
  }

  const hold = useHold({
    begin() {
      say(undefined);
      isRecording.value = true;
    },
    finish,
    cancel: () => end(),
  });

  return {
    isRecording,
    isOffered,
    hold,
    cancel: () => end(),
    fail: (problem: string) => end(problem),
    async done(recorded: Recorded, ways: { silent?: true } = {}): Promise<void> {
      end();
      await send(recorded, ways);
    },
  };
}
