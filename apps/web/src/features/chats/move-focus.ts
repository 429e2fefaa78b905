const steps: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Arrow keys move between the links and buttons of a list, Home and End to its ends. */
export function moveFocus(event: KeyboardEvent): void {
  const step = steps[event.key];
  const list = event.currentTarget;
  if (step === undefined || event.altKey || !(list instanceof HTMLElement)) return;
  const rows = [...list.querySelectorAll<HTMLElement>('a, button')];
  const index = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[step(index, rows.length)];
  if (index < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
