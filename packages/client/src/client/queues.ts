import { type Commands, createCommands, forgetCommands } from '../commands/commands.ts';
import type { Call } from '../http/route-types.ts';
import { editAfterwards } from '../outbox/editing.ts';
import { createOutbox, forgetOutbox, type Outbox } from '../outbox/outbox.ts';
import type { Realtime } from '../realtime/realtime.ts';
import type { Storage } from '../storage/storage.ts';
import { putCommand, removeCommand } from '../store/commands.ts';
import { putPending, removePending } from '../store/pending.ts';
import type { Store } from '../store/store.ts';
import { putUpload, removeUpload } from '../store/uploads.ts';
import type { Shelf } from '../uploads/shelf.ts';
import { createUploads, forgetUploads, type Uploads, type UploadsOptions } from '../uploads/uploads.ts';
import { createWaiting } from '../uploads/waiting.ts';
import { createCarryingOut } from './carrying-out.ts';
import { createTransport } from './transport.ts';
import type { TakenBack } from './types.ts';

export interface QueueParts {
  userId: string;
  call: Call;
  realtime: Pick<Realtime, 'request'>;
  store: Store;
  storage: Storage;
  shelf: Shelf;
  upload: UploadsOptions['upload'];
  onTakenBack: TakenBack;
  onError(error: unknown): void;
  onBackgroundError(error: unknown): void;
}

/** What a person did and the server does not have yet: messages, their files, and changes of stored ones. */
export interface Queues {
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly commands: Commands;
  /** Takes up what an earlier run left behind. */
  open(): Promise<void>;
  discardChat(chatId: string): Promise<void>;
  wake(): void;
  close(): void;
}

export function createQueues(parts: QueueParts): Queues {
  const { userId, call, realtime, store, storage, shelf, onError, onBackgroundError } = parts;
  const uploads = createUploads({
    shelf,
    storage,
    userId,
    upload: parts.upload,
    onChange: (upload) => {
      store.update((state) => putUpload(state, upload));
      goOn(store.state.pending.get(upload.chatId) ?? []);
    },
    onRemove: (upload) => store.update((state) => removeUpload(state, upload)),
    onError,
  });
  const commands = createCommands({
    storage,
    userId,
    carryOut: createCarryingOut(call, store),
    onChange: (command) => store.update((state) => putCommand(state, command)),
    onRemove: (command) => store.update((state) => removeCommand(state, command)),
    onRefused: (command, { code }) => parts.onTakenBack(command, code),
    onError,
  });
  const outbox = createOutbox({
    storage,
    userId,
    transport: createTransport(call, realtime),
    onChange: (item) => {
      store.update((state) => putPending(state, item));
      goOn([item]);
    },
    async onStored(item, messageId) {
      const edit = editAfterwards(item, messageId);
      if (edit !== undefined) await commands.keep(edit);
    },
    onRemove: (item) => {
      store.update((state) => removePending(state, item.chatId, item.clientMessageId));
      for (const id of item.uploadIds ?? []) void uploads.remove(id).catch(onBackgroundError);
    },
    onError,
  });
  const goOn = createWaiting({ outbox, uploads, onError: onBackgroundError });
  const all = [uploads, outbox, commands];

  return {
    outbox,
    uploads,
    commands,
    async open() {
      for (const queue of all) await queue.open();
    },
    async discardChat(chatId) {
      await outbox.discardChat(chatId);
      await commands.discardChat(chatId);
      await uploads.discardChat(chatId);
    },
    wake() {
      for (const queue of all) queue.wake();
    },
    close() {
      for (const queue of all) queue.close();
    },
  };
}

/** Nothing of it stays here. */
export async function forgetQueues({
  storage,
  shelf,
  userId,
  onBackgroundError,
}: Pick<QueueParts, 'storage' | 'shelf' | 'userId' | 'onBackgroundError'>): Promise<void> {
  await forgetOutbox(storage, userId);
  await forgetCommands(storage, userId);
  await forgetUploads(shelf, userId).catch(onBackgroundError);
}
