import { onBeforeUnmount, ref } from 'vue';
import { intentOf, pulled, replyAt } from './swipe.ts';

export interface Point {
  x: number;
  y: number;
}

interface Actions {
  isSelecting(): boolean;
  menu(key: string, at: Point): void;
  reply(key: string): void;
  /** In, or out again. */
  select(key: string): void;
}

const pressMs = 450;

const rowOf = ({ target }: Event): HTMLElement | undefined =>
  (target instanceof Element && target.closest<HTMLElement>('[data-message]')) || undefined;
const isOnBubble = ({ target }: Event): boolean => target instanceof Element && target.closest('.bubble') !== null;
const isOwnControl = ({ target }: Event): boolean =>
  target instanceof Element && target.closest('a, button, audio, video, input:not(.mark)') !== null;
/** What is moved by the finger itself. */
const isMoved = ({ target }: Event): boolean =>
  target instanceof Element && target.closest('audio, video, input[type="range"]') !== null;
const sign = (): number => (document.dir === 'rtl' ? -1 : 1);

/**
 * What mouse and fingers do with messages, for all rows at once: the right button opens the menu, a double click replies; a tap
 * opens the menu, a long press selects, pulling to the side replies. While selecting, a click selects.
 */
export function useRowGestures({ isSelecting, menu, reply, select }: Actions) {
  let finger: { row: HTMLElement; key: string; start: Point; intent: 'none' | 'scroll' | 'pull' } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Key of the row that is being pulled. */
  const pulledKey = ref<string>();
  let isTouched = false;
  let isDone = false;

  const put = (row: HTMLElement, x: number | undefined): void => {
    if (x === undefined) row.style.removeProperty('--pulled');
    else row.style.setProperty('--pulled', `${x * sign()}px`);
    row.classList.toggle('pulled', x !== undefined);
    row.classList.toggle('ready', x !== undefined && -x >= replyAt);
  };

  function pointerdown(event: PointerEvent): void {
    cancel();
    isTouched = event.pointerType === 'touch';
    isDone = false;
    const row = rowOf(event);
    if (!isTouched || !event.isPrimary || row === undefined || isMoved(event)) return;
    const key = row.dataset.row ?? '';
    finger = { row, key, start: { x: event.clientX, y: event.clientY }, intent: 'none' };
    timer = setTimeout(() => {
      cancel();
      isDone = true;
      navigator.vibrate?.(10);
      select(key);
    }, pressMs);
  }

  function pointermove({ clientX, clientY }: PointerEvent): void {
    if (finger === undefined) return;
    const x = (clientX - finger.start.x) * sign();
    if (finger.intent === 'none') finger.intent = intentOf({ x, y: clientY - finger.start.y });
    if (finger.intent !== 'none') clearTimeout(timer);
    if (finger.intent !== 'pull' || isSelecting()) return;
    pulledKey.value = finger.key;
    put(finger.row, pulled(x));
  }

  function pointerup({ clientX }: PointerEvent): void {
    if (finger?.intent === 'pull' && !isSelecting()) {
      isDone = true;
      if (-pulled((clientX - finger.start.x) * sign()) >= replyAt) reply(finger.key);
    }
    cancel();
  }

  function cancel(): void {
    clearTimeout(timer);
    if (finger !== undefined) put(finger.row, undefined);
    finger = undefined;
    pulledKey.value = undefined;
  }

  function click(event: MouseEvent): void {
    const key = rowOf(event)?.dataset.row;
    // The end of a long press or of a pull.
    if (isDone && event.detail > 0) event.preventDefault();
    else if (key !== undefined && isSelecting()) choose(key, event);
    else if (key !== undefined && !isOwnControl(event)) open(key, event);
    isDone = false;
  }

  /** A box that was ticked is ticked already. */
  function choose(key: string, event: MouseEvent): void {
    if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
    select(key);
  }

  /** A click without a pointer is that of a screen reader. */
  function open(key: string, event: MouseEvent): void {
    const isSpoken = event.detail === 0;
    if (event.ctrlKey || event.metaKey) select(key);
    else if (isSpoken || (isTouched && isOnBubble(event))) menu(key, { x: event.clientX, y: event.clientY });
  }

  /** A link and selected text have the browser's own menu. */
  function contextmenu(event: MouseEvent): void {
    const key = rowOf(event)?.dataset.row;
    const isLink = event.target instanceof Element && event.target.closest('a') !== null;
    if (key === undefined || isLink || getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    if (!isTouched && !isSelecting()) menu(key, { x: event.clientX, y: event.clientY });
  }

  function dblclick(event: MouseEvent): void {
    const key = rowOf(event)?.dataset.row;
    if (key === undefined || isTouched || isSelecting() || isOwnControl(event)) return;
    getSelection()?.removeAllRanges();
    reply(key);
  }

  onBeforeUnmount(cancel);
  return {
    pulledKey,
    listeners: { pointerdown, pointermove, pointerup, pointercancel: cancel, click, contextmenu, dblclick },
  };
}
