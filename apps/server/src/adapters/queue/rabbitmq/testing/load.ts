import { AppError } from '@parley/contract';
import { expect } from 'vitest';
import type { Db } from '../../../../db/schema.ts';
import type { Queue } from '../../../../modules/messages/queue.ts';
import { until } from '../../queue.suite.ts';
import { type Author, buildAuthor, buildSend, readHistory } from './chats.ts';

export interface Load {
  /** Acknowledged so far. */
  acknowledged(): number;
  /** How often a send was refused, by code. */
  refusals: Map<string, number>;
  /** Stops sending; resolves when each sender's last send was acknowledged. */
  stop(): Promise<void>;
  /** Waits until all that was acknowledged is stored, then compares every chat with its ledger. */
  verify(db: Db): Promise<{ stored: number }>;
}

const retryMs = 50;

/**
 * People who send steadily, one message after the other, and repeat what was refused until it is taken, as the SDK does.
 * Each keeps a ledger of what was acknowledged.
 */
export async function startLoad(db: Db, queue: Pick<Queue, 'accept'>, people: number): Promise<Load> {
  const authors = await Promise.all(Array.from({ length: people }, () => buildAuthor(db)));
  const ledgers = new Map<string, string[]>(authors.map(({ chatId }) => [chatId, []]));
  const refusals = new Map<string, number>();
  let isStopped = false;

  async function send(author: Author): Promise<void> {
    for (let number = 1; !isStopped; number += 1) {
      const command = buildSend(author, `message ${number}`);
      while (!(await isAccepted(command))) await new Promise((resolve) => setTimeout(resolve, retryMs));
      ledgers.get(author.chatId)!.push(command.content);
    }
  }

  async function isAccepted(command: Parameters<Queue['accept']>[0]): Promise<boolean> {
    try {
      await queue.accept(command);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusals.set(error.code, (refusals.get(error.code) ?? 0) + 1);
      return false;
    }
  }

  const sending = Promise.all(authors.map(send));
  const acknowledged = () => [...ledgers.values()].reduce((sum, ledger) => sum + ledger.length, 0);
  return {
    acknowledged,
    refusals,
    async stop() {
      isStopped = true;
      await sending;
    },
    async verify(db) {
      for (const [chatId, ledger] of ledgers) {
        await until(async () => (await readHistory(db, chatId)).contents.length >= ledger.length, 60_000);
        const { contents, sequences, offsets } = await readHistory(db, chatId);
        expect(contents).toEqual(ledger);
        expect(sequences).toEqual(ledger.map((_, index) => index + 1));
        expect(offsets).toEqual(sequences);
      }
      return { stored: acknowledged() };
    },
  };
}
