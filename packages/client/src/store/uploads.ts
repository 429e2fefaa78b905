import type { Upload } from '../uploads/upload.ts';
import type { Change, State } from './state.ts';

const told = (state: State, chatId: string, uploads: readonly Upload[]): Change[] => {
  if (uploads.length === 0) state.uploads.delete(chatId);
  else state.uploads.set(chatId, uploads);
  return [{ part: 'uploads', chatId }];
};

/** Added, or changed in its place. */
export function putUpload(state: State, upload: Upload): Change[] {
  const uploads = state.uploads.get(upload.chatId) ?? [];
  const index = uploads.findIndex(({ id }) => id === upload.id);
  return told(state, upload.chatId, index < 0 ? [...uploads, upload] : uploads.with(index, upload));
}

export const removeUpload = (state: State, { chatId, id }: Pick<Upload, 'chatId' | 'id'>): Change[] =>
  told(
    state,
    chatId,
    (state.uploads.get(chatId) ?? []).filter((upload) => upload.id !== id),
  );
