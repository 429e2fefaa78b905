const middleOf = (element: Element): number => {
  const { left, right } = element.getBoundingClientRect();
  return (left + right) / 2;
};
const topOf = (element: Element): number => element.getBoundingClientRect().top;

/** The nearest in the first line below, or above. */
function inNextLine(all: readonly HTMLElement[], from: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const beyond = all.filter((one) => (topOf(one) - topOf(from)) * step > 1);
  const line = beyond.length === 0 ? undefined : topOf(step > 0 ? beyond[0]! : beyond.at(-1)!);
  const candidates = beyond.filter((one) => Math.abs(topOf(one) - (line ?? 0)) <= 1);
  const distance = (one: HTMLElement): number => Math.abs(middleOf(one) - middleOf(from));
  return candidates.sort((a, b) => distance(a) - distance(b))[0];
}

/** Arrows move through buttons that stand in lines, as they stand. */
export function moveInGrid(event: KeyboardEvent): void {
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')];
  const from = all.indexOf(document.activeElement as HTMLElement);
  const current = all[from];
  if (current === undefined) return;
  const forward = document.dir === 'rtl' ? -1 : 1;
  const steps: Readonly<Record<string, HTMLElement | undefined>> = {
    ArrowRight: all[from + forward],
    ArrowLeft: all[from - forward],
    ArrowDown: inNextLine(all, current, 1),
    ArrowUp: inNextLine(all, current, -1),
  };
  if (!Object.hasOwn(steps, event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  steps[event.key]?.focus();
}
