import type { Message, Send } from '@parley/contract';

type Sent = 'replyToMessageId' | 'silent' | 'messageType' | 'fileIds' | 'stickerId' | 'durationSeconds' | 'waveform';

/**
 * What a person wants to send. Files are uploaded before (`uploadFile`) and named by their ids; without a `messageType` it
 * follows from what is named.
 */
export interface Draft extends Pick<Send, Sent> {
  content: string;
  /** Files that were added (`addFile`): it is sent once all of them have arrived. */
  uploadIds?: readonly string[];
  /** How it is shown until the server has told of it; not sent. */
  preview?: Pick<Message, 'attachments' | 'sticker'>;
}

/**
 * `queued`: waits for its turn or for the server. `accepted`: the server keeps it; its event will come. `failed`: refused;
 * waits for the person to retry or discard it.
 */
export type OutboxState = 'queued' | 'accepted' | 'failed';

export interface OutboxItem extends Draft {
  readonly clientMessageId: string;
  readonly chatId: string;
  /** RFC 3339, by this machine's clock. */
  readonly queuedAt: string;
  readonly state: OutboxState;
  /** The message's id, once accepted. */
  readonly id?: string;
  /** A try was begun: the server may have it. */
  readonly isTried?: true;
  /** How it shall read, where the server may have it as it was written first. */
  readonly edited?: string;
  /** Why it failed: a code of the contract. */
  readonly errorCode?: string;
}

/** What waits for its files does not hold up what was written after it. */
export const isReady = ({ state, uploadIds, fileIds }: OutboxItem): boolean =>
  state === 'queued' && (uploadIds === undefined || fileIds !== undefined);

export const isText = ({ uploadIds }: OutboxItem): boolean => uploadIds === undefined;

/** To be sent, if it was refused. */
export function again({ errorCode: _, ...item }: OutboxItem): OutboxItem {
  return item.state === 'failed' ? { ...item, state: 'queued' } : item;
}

/** Those that it uploaded itself are looked at anew: the server may have let them go. */
export function withoutFiles(item: OutboxItem): OutboxItem {
  if (item.uploadIds === undefined) return item;
  const { fileIds: _, ...rest } = item;
  return rest;
}
