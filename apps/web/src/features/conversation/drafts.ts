import { isPassing, needsSignIn } from '@parley/client';
import type { DraftChange } from '@parley/contract';
import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { useMe } from '../../realtime/views.ts';
import { useSession } from '../auth/session.ts';
import { lengthOf, maxLength } from './text-length.ts';
import { forgetUnsaved, readUnsaved, writeUnsaved } from './unsaved-drafts.ts';

/** So long nothing was typed before it is saved for the other devices. */
const pauseMs = 1_000;
const toldMs = 2_000;
const nothing: DraftChange = { content: '' };

const isSame = (a: DraftChange, b: DraftChange): boolean =>
  a.content === b.content && a.replyToMessageId === b.replyToMessageId;

/**
 * Texts that were begun and not sent, by chat. What was typed here and is not saved yet goes before what the server tells, and
 * outlives a reload; once saved, the server's word counts: a draft of another device appears here.
 */
export const useDrafts = defineStore('drafts', () => {
  const { client, state, track } = useParley();
  const me = useMe();
  const session = useSession();
  const unsaved = ref<Record<string, DraftChange>>({});
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const saving = new Set<string>();

  watch(
    () => me.value?.id,
    (userId, before) => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      // Whoever signs out leaves nothing behind.
      if (userId === undefined && before !== undefined && !session.isSignedIn) forgetUnsaved(before);
      unsaved.value = userId === undefined ? {} : readUnsaved(userId);
    },
    { immediate: true },
  );

  function keep(chatId: string): void {
    if (me.value !== undefined) writeUnsaved(me.value.id, chatId, unsaved.value[chatId]);
  }

  function saved(chatId: string): DraftChange {
    track('chat', chatId);
    return state.chats.get(chatId)?.draft ?? nothing;
  }

  const of = (chatId: string): DraftChange => unsaved.value[chatId] ?? saved(chatId);

  function later(chatId: string, ms: number): void {
    clearTimeout(timers.get(chatId));
    timers.set(
      chatId,
      setTimeout(() => void save(chatId), ms),
    );
  }

  function settle(chatId: string, draft: DraftChange): void {
    const now = unsaved.value[chatId];
    if (now === undefined) return;
    if (isSame(now, draft)) delete unsaved.value[chatId];
    else later(chatId, pauseMs);
    keep(chatId);
  }

  /** Until then the state holds the one before. It may never come, if another device was right behind. */
  function untilTold(chatId: string, draft: DraftChange): Promise<void> {
    return new Promise((resolve) => {
      const forget = client.on('draft.updated', (event) => {
        if (event.chatId === chatId && isSame(event.draft ?? nothing, draft)) end();
      });
      const timer = setTimeout(end, toldMs);
      function end(): void {
        clearTimeout(timer);
        forget();
        resolve();
      }
      if (isSame(saved(chatId), draft)) end();
    });
  }

  /** One at a time in a chat, so that the last that was typed is the last that is saved. What the server would not take stays here. */
  async function save(chatId: string): Promise<void> {
    timers.delete(chatId);
    const draft = unsaved.value[chatId];
    if (draft === undefined || saving.has(chatId) || lengthOf(draft.content) > maxLength) return;
    saving.add(chatId);
    try {
      if (!isSame(draft, saved(chatId))) {
        await client.saveDraft(chatId, draft);
        await untilTold(chatId, draft);
      }
      settle(chatId, draft);
    } catch (error) {
      // Without a network, or signed out, it waits; what the server does not take (a chat that is gone) is of no use to it.
      if (!isPassing(error) && !needsSignIn(error)) settle(chatId, draft);
    } finally {
      saving.delete(chatId);
    }
  }

  client.onStatus((status) => {
    if (status === 'online') for (const chatId of Object.keys(unsaved.value)) later(chatId, 0);
  });

  return {
    of,
    set(chatId: string, content: string, replyToMessageId?: string): void {
      unsaved.value[chatId] = { content, ...(replyToMessageId === undefined ? {} : { replyToMessageId }) };
      keep(chatId);
      // What was sent is gone everywhere at once.
      later(chatId, content === '' ? 0 : pauseMs);
    },
  };
});
