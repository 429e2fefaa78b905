import { ApiError, type Draft, type Upload } from '@parley/client';
import type { Attachment } from '@parley/contract';
import { computed, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { useParley } from '../../realtime/parley.ts';
import { usePending, useUploads } from '../../realtime/views.ts';
import { measurePicture } from './measure-picture.ts';

/** As many as the server takes in one message. */
const maxFiles = 10;

const attachmentOf = ({ id, name, mimeType, size, width, height }: Upload): Attachment => ({
  fileId: id,
  name,
  mimeType,
  size,
  url: '',
  status: 'ready',
  ...(width === undefined || height === undefined ? {} : { width, height }),
});

/** Files that were chosen and not sent yet. They are uploaded meanwhile, and still there after a reload. */
export function useAttachments(chatId: () => string) {
  const { client } = useParley();
  const { t } = useI18n();
  const uploads = useUploads(chatId);
  const pending = usePending(chatId);
  const problem = ref<string>();
  /** Sent; they are let go of a moment after their message is stored. */
  const taken = ref<ReadonlySet<string>>(new Set());
  const isQuiet = ref(false);

  const take = (ids: readonly string[]): void => {
    if (ids.some((id) => !taken.value.has(id))) taken.value = new Set([...taken.value, ...ids]);
  };
  watch(pending, (items) => take(items.flatMap(({ uploadIds = [] }) => uploadIds)), { immediate: true, flush: 'sync' });

  const tray = computed((before?: readonly Upload[]) =>
    isQuiet.value && before !== undefined ? before : uploads.value.filter(({ id }) => !taken.value.has(id)),
  );
  const isArriving = computed(() => tray.value.some(({ state }) => state === 'waiting' || state === 'uploading'));
  const hasFailed = computed(() => tray.value.some(({ state }) => state === 'failed'));

  async function addOne(file: File): Promise<void> {
    const measures = await measurePicture(file);
    await client.addFile(chatId(), file, { name: file.name || 'file', ...measures });
  }

  /** What is chosen while others are being added finds the room that these leave. */
  let adding: Promise<unknown> = Promise.resolve();
  function add(files: Iterable<File>): Promise<void> {
    const added = adding.then(() => addAll(files));
    adding = added.catch(() => undefined);
    return added;
  }

  /** Says what cannot be taken, and takes the rest. */
  async function addAll(files: Iterable<File>): Promise<void> {
    const all = [...files];
    const some = all.filter(({ size }) => size > 0);
    const room = Math.max(0, maxFiles - tray.value.length);
    problem.value = some.length < all.length ? t('files.empty') : undefined;
    if (some.length > room) problem.value = t('files.tooMany', { max: maxFiles });
    for (const file of some.slice(0, room)) await addOne(file);
  }

  /** What a message says of the files: which to wait for, and how it is shown until then. */
  function draftOf(files: readonly Upload[]): Pick<Draft, 'uploadIds' | 'preview'> {
    if (files.length === 0) return {};
    const uploadIds = files.map(({ id }) => id);
    return { uploadIds, preview: { attachments: files.map(attachmentOf) } };
  }

  /** All of the tray, which is empty then. */
  function takeAll(): Pick<Draft, 'uploadIds' | 'preview'> {
    const draft = draftOf(tray.value);
    take(draft.uploadIds ?? []);
    problem.value = undefined;
    return draft;
  }

  /** A file that is sent as soon as it is there: it does not show among those that wait. */
  async function takeOne(bytes: Blob, name: string): Promise<Pick<Draft, 'uploadIds' | 'preview'>> {
    isQuiet.value = true;
    try {
      const upload = await client.addFile(chatId(), bytes, { name });
      take([upload.id]);
      return draftOf([upload]);
    } finally {
      isQuiet.value = false;
    }
  }

  /** The ids of all of the tray, once they have arrived. */
  async function arrived(): Promise<string[]> {
    if (isArriving.value) await new Promise<void>((resolve) => watch(isArriving, () => resolve(), { once: true }));
    const failed = tray.value.find(({ state }) => state === 'failed');
    if (failed !== undefined) throw new ApiError(failed.errorCode as ApiError['code'], failed.name);
    return tray.value.flatMap(({ file }) => file?.id ?? []);
  }

  /** Takes all out of the tray. */
  async function dropAll(): Promise<void> {
    await Promise.all(tray.value.map(({ id }) => client.dropFile(id)));
  }

  return { tray, problem, hasFailed, add, takeAll, takeOne, arrived, dropAll };
}
