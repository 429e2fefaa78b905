import { nextTick, onBeforeUnmount, ref } from 'vue';
import { beginsAtEdge, intentOf, isGoing } from './edge-swipe.ts';

interface Options {
  /** What is drawn aside; none where there is nothing to go back to. */
  pane(): HTMLElement | undefined;
  /** Something over the pane goes before it does, if there is something. */
  closeFirst(): boolean;
  back(): Promise<unknown>;
}

interface Finger {
  pane: HTMLElement;
  start: { x: number; y: number };
  isDrawing: boolean;
  last: { x: number; at: number };
  perMs: number;
}

const isRtl = (): boolean => document.dir === 'rtl';
/** Where movement is not wanted, nothing follows the finger; letting go still goes back. */
const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
/** From the edge on which lines begin. */
const fromEdge = (clientX: number): number => (isRtl() ? innerWidth - clientX : clientX);

/** One pane at a time: a finger that begins at the edge draws the upper one aside, and so goes back. */
export function useEdgeSwipe({ pane, closeFirst, back }: Options) {
  let finger: Finger | undefined;
  let sliding: HTMLElement | undefined;
  /** Something is being drawn aside, so that what is beneath it can be seen. */
  const isDrawing = ref(false);

  function put(element: HTMLElement, x: number): void {
    if (isStill()) return;
    element.style.setProperty('--drawn', `${isRtl() ? -x : x}px`);
  }

  function pointerdown({ pointerType, isPrimary, clientX, clientY, timeStamp }: PointerEvent): void {
    const found = pointerType === 'touch' && isPrimary && beginsAtEdge(fromEdge(clientX)) ? pane() : undefined;
    if (found === undefined || isDrawing.value) return;
    const x = fromEdge(clientX);
    finger = { pane: found, start: { x, y: clientY }, isDrawing: false, last: { x, at: timeStamp }, perMs: 0 };
  }

  function pointermove(event: PointerEvent): void {
    if (finger === undefined) return;
    const x = fromEdge(event.clientX);
    const way = x - finger.start.x;
    if (!finger.isDrawing && !begins(finger, { x: way, y: event.clientY - finger.start.y }, event)) return;
    finger.perMs = (x - finger.last.x) / Math.max(1, event.timeStamp - finger.last.at);
    finger.last = { x, at: event.timeStamp };
    put(finger.pane, Math.max(0, way));
  }

  function begins(moved: Finger, move: { x: number; y: number }, event: PointerEvent): boolean {
    const intent = intentOf(move);
    if (intent === 'other') finger = undefined;
    if (intent !== 'draw') return false;
    moved.isDrawing = true;
    isDrawing.value = true;
    moved.pane.classList.add('drawn');
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    return true;
  }

  async function pointerup({ timeStamp }: PointerEvent): Promise<void> {
    const done = finger;
    finger = undefined;
    if (done?.isDrawing !== true) return;
    const { last, start, perMs } = done;
    // A finger that rested before it was lifted is not fast any more.
    const speed = timeStamp - last.at > 80 ? 0 : perMs;
    const goes = isGoing(last.x - start.x, innerWidth, speed) && !closeFirst();
    await glide(done.pane, goes ? innerWidth : 0);
    if (goes) await back();
    leave(done.pane);
  }

  /** The same movement without a finger; `rest` once one is where it leads. */
  async function slide(): Promise<void> {
    const element = pane();
    if (element === undefined || isDrawing.value || isStill() || document.hidden) return;
    sliding = element;
    isDrawing.value = true;
    element.classList.add('drawn');
    await nextTick();
    await glide(element, innerWidth);
  }

  function rest(): void {
    if (sliding !== undefined) leave(sliding);
    sliding = undefined;
  }

  async function glide(element: HTMLElement, to: number): Promise<void> {
    // It moves from where it is.
    element.getBoundingClientRect();
    element.classList.add('released');
    put(element, to);
    await Promise.all(element.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
  }

  function pointercancel(): void {
    const left = finger;
    finger = undefined;
    if (left?.isDrawing === true) leave(left.pane);
  }

  function leave(element: HTMLElement): void {
    element.classList.remove('drawn', 'released');
    element.style.removeProperty('--drawn');
    isDrawing.value = false;
  }

  onBeforeUnmount(pointercancel);
  return { isDrawing, slide, rest, listeners: { pointerdown, pointermove, pointerup, pointercancel } };
}
