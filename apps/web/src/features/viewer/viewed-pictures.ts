import type { Message } from '@parley/contract';
import { fileUrl } from '../../platform/file-url.ts';
import { isShownPicture } from '../files/kinds.ts';

export interface ViewedPicture {
  id: string;
  name: string;
  url: string;
  width: number;
  height: number;
}

/** The pictures of a conversation, oldest first. */
export const viewedPictures = (messages: readonly Message[]): ViewedPicture[] =>
  messages
    .flatMap(({ attachments = [] }) => attachments)
    .filter(isShownPicture)
    .filter(({ status }) => status === 'ready')
    .map(({ fileId, name, url, width, height }) => ({ id: fileId, name, url: fileUrl(url), width, height }));
