import type { ErrorCode, ForwardedFrom } from '@parley/contract';
import type { Session } from '../../db/pipeline.ts';
import type { MessageMedia } from '../../db/schema.ts';

/** A message that was authorised and has its id: all the worker needs to store it. */
export interface SendCommand {
  id: string;
  chatId: string;
  /** The participant id in that chat. */
  senderId: string;
  userId: string;
  clientMessageId?: string;
  content: string;
  /** `text` if it is left out. */
  type?: 'file' | 'voice' | 'sticker';
  media?: MessageMedia;
  replyToId?: string;
  isSilent?: boolean;
  /** Participant ids. */
  mentions?: readonly string[];
  forwardedFrom?: ForwardedFrom;
  /** The connection it came by. */
  origin?: string;
}

/** A command by its place; either alone is not enough to find the message. */
export type CommandKey = Pick<SendCommand, 'chatId' | 'id'>;

/** What became of a command. Repeats of a stored one are stored. */
export type Outcome = { kind: 'stored'; sequence: number } | { kind: 'discarded'; code: ErrorCode };

/** Runs first in the transaction that stores a batch; throws when this worker may not store any more. */
export type Guard = (session: Session) => Promise<void>;

/**
 * Stores commands of one partition in their order, commits, tells; then resolves to what became of each. Throws when nothing more could be stored now:
 * the same commands may be handed in again, in the same order.
 */
export type StoreBatch = (commands: readonly SendCommand[], guard?: Guard) => Promise<Map<string, Outcome>>;

/** Puts a command that can never be stored where people find it. Resolves when it is kept there. */
export type GiveUp = (command: SendCommand, error: unknown) => Promise<void>;

/** What the queue asks of the worker that empties it. */
export interface Consumption {
  store: StoreBatch;
  /** Hands outcomes to the instance whose callers wait for them. May fail silently: whoever waits looks for itself. */
  report(instanceId: string, results: readonly Result[]): void;
}

export interface Result {
  id: string;
  outcome: Outcome;
}

/**
 * Where accepted messages wait for the worker, partitioned by chat so that order holds.
 * After `accept` resolved, the message will be stored exactly once, whatever is pulled from the wall.
 */
export interface Queue {
  /** Throws `overloaded` or `unavailable`; then nothing was promised. */
  accept(command: SendCommand): Promise<void>;
  /** What became of it, if it is known within `timeoutMs`. Call it before or right after `accept`. */
  outcome(command: CommandKey, timeoutMs: number): Promise<Outcome | undefined>;
  /** Resolves when a message that may have been accepted elsewhere is stored, at the latest after `timeoutMs`. */
  arrival(command: CommandKey, timeoutMs: number): Promise<void>;
  /** Starts handing batches to the worker, one batch a partition at a time. */
  consume(consumption: Consumption): void;
  /** Keeps what can never be stored, for people to look at. */
  giveUp: GiveUp;
  /** Outcomes that the worker reported to this instance. */
  settle(results: readonly Result[]): void;
  /** Commands that this process holds and that are not stored yet. */
  depth(): number;
  /** Age in ms of the oldest command that this process is about to store. */
  lag(): number;
  /** `ok`, or what is wrong with it; shown by the health route. */
  state(): string;
  /** Finishes what was accepted, then stops. */
  close(): Promise<void>;
}
