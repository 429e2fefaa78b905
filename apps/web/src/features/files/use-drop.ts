import { ref } from 'vue';

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;

/** Files that are dragged over an element and dropped there. */
export function useDrop(isWanted: () => boolean, take: (files: FileList) => void) {
  const isOver = ref(false);
  /** Each element inside tells of coming and going, too. */
  let depth = 0;

  const move = (step: 1 | -1) => (event: DragEvent) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth + step);
    isOver.value = depth > 0 && isWanted();
  };

  function drop(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    isOver.value = false;
    if (isWanted() && event.dataTransfer !== null) take(event.dataTransfer.files);
  }

  const listeners = {
    dragenter: move(1),
    dragleave: move(-1),
    dragover: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
    drop,
  };
  return { isOver, listeners };
}
