import { isPassing } from '@parley/client';
import { onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { useVisibility } from '../../platform/visibility.ts';
import { useParley } from '../../realtime/parley.ts';
import { openingOf, rowOfSequence } from './opening.ts';
import type { Day } from './timeline.ts';
import { newestSequence } from './timeline.ts';
import { useVirtualRows } from './use-virtual-rows.ts';

interface Options {
  chatId: string;
  viewport: Readonly<Ref<HTMLElement | null>>;
  content: Readonly<Ref<HTMLElement | null>>;
  days: Readonly<Ref<readonly Day[]>>;
  /** What the address asks for. */
  wantedSequence(): number | undefined;
  /** Whether what was asked for is loaded, as far as there is such a thing. */
  isOpen(): boolean;
}

/** Further pages are fetched when the reader is this many heights of the view away from the edge. */
const aheadViews = 2.5;
const flashMs = 1_600;
/** While somebody scrolls through what is unread, the server is told this often. */
const readMs = 250;
/** What could not be loaded is tried again this often. */
const payMs = 2_000;

/** Moving through a conversation: where it opens, what is loaded ahead, what counts as read. */
export function useHistory({ chatId, viewport, content, days, wantedSequence, isOpen }: Options) {
  const { client, state, status } = useParley();
  const isVisible = useVisibility();
  /** Key of the row that is pointed out. */
  const flashed = ref<string>();
  /** The newest messages were wanted, and there was no network. */
  let isOwed = false;
  let paying: ReturnType<typeof setTimeout> | undefined;
  let loading: Promise<unknown> | undefined;
  let reading: ReturnType<typeof setTimeout> | undefined;
  let fading: ReturnType<typeof setTimeout> | undefined;

  const loaded = () => state.windows.get(chatId);
  const rows = useVirtualRows({
    viewport,
    content,
    days,
    isWhole: () => loaded()?.hasNewer !== true,
    opening: (all) => {
      const aim = openingOf(all, loaded(), wantedSequence(), isOpen());
      if (aim?.kind === 'row' && aim.place === 'center') flash(aim.key);
      return aim;
    },
    onPlace,
  });

  function onPlace(): void {
    reading ??= setTimeout(markRead, readMs);
    loadAhead();
  }

  function markRead(): void {
    clearTimeout(reading);
    reading = undefined;
    const page = loaded();
    if (!isVisible.value || page === undefined || !rows.isPlaced()) return;
    const isEnd = rows.isAtEnd.value && !page.hasNewer;
    const sequence = isEnd ? newestSequence(page.items) : rows.lastSeen();
    if (sequence !== undefined) client.markRead(chatId, sequence);
  }

  function loadAhead(): void {
    const box = viewport.value;
    const page = loaded();
    if (box === null || page === undefined || loading !== undefined || !rows.isPlaced()) return;
    const ahead = box.clientHeight * aheadViews;
    if (page.hasOlder && box.scrollTop < ahead) load(client.loadOlder(chatId));
    else if (page.hasNewer && !isOwed && box.scrollHeight - box.scrollTop - box.clientHeight < ahead)
      load(client.loadNewer(chatId));
  }

  function load(page: Promise<unknown>): void {
    loading = withoutNetwork(page).finally(() => {
      loading = undefined;
    });
  }

  function flash(key: string): void {
    clearTimeout(fading);
    flashed.value = key;
    fading = setTimeout(() => {
      flashed.value = undefined;
    }, flashMs);
  }

  async function show(key: string): Promise<void> {
    flash(key);
    await rows.goTo({ kind: 'row', key, place: 'center' });
  }

  /** To a message wherever it is; what stood there instead of one that is gone. */
  async function jumpTo(sequence: number): Promise<void> {
    await withoutNetwork(client.openChat(chatId, { around: sequence }));
    await rows.takeDays();
    const row = rowOfSequence(rows.rows(), sequence);
    if (row !== undefined) await show(row.key);
  }

  /** What a reply refers to. Without a sequence only what is loaded can be found. */
  async function jumpToQuoted({ id, sequence }: { id: string; sequence: number | undefined }): Promise<void> {
    const known = loaded()?.items.find((message) => message.id === id)?.sequence ?? sequence;
    if (known !== undefined) await jumpTo(known);
  }

  async function toNewest(): Promise<void> {
    isOwed = !(await withoutNetwork(client.loadNewest(chatId)));
    await rows.goTo({ kind: 'end' });
    clearTimeout(paying);
    if (isOwed) paying = setTimeout(payNewest, payMs);
  }

  /** Who wrote from the past without a network sees the message at its place once it was sent, unless they went on reading. */
  function payNewest(): void {
    if (!isOwed) return;
    isOwed = rows.isAtEnd.value;
    if (isOwed) void toNewest();
  }

  watch(isVisible, onPlace);
  watch(status, payNewest);
  watch(isOpen, () => rows.takeDays());
  watch(wantedSequence, (sequence) => sequence !== undefined && void jumpTo(sequence));
  onBeforeUnmount(() => {
    clearTimeout(fading);
    clearTimeout(reading);
    clearTimeout(paying);
  });

  return { ...rows, flashed, toNewest, jumpTo, jumpToQuoted };
}

/** Without a network, what is there is shown; the next movement asks again. */
async function withoutNetwork(loading: Promise<unknown>): Promise<boolean> {
  try {
    await loading;
    return true;
  } catch (error) {
    if (!isPassing(error)) throw error;
    return false;
  }
}
