import { afterEach, describe, expect, it } from 'vitest';
import { ApiError, networkError } from '../http/api-error.ts';
import { createMemoryStorage, type Storage } from '../storage/storage.ts';
import { until } from '../testing/until.ts';
import type { Command } from './command.ts';
import { type Commands, createCommands, forgetCommands } from './commands.ts';

const opened: Commands[] = [];
afterEach(() => {
  for (const commands of opened.splice(0)) commands.close();
});

type Judge = (command: Command, attempt: number) => Promise<void> | void;

function open(judge: Judge = () => undefined, storage: Storage = createMemoryStorage()) {
  const tries: Command[] = [];
  const done: Command[] = [];
  const refused: string[] = [];
  const waiting = new Map<string, Command>();
  const commands = createCommands({
    storage,
    userId: 'u1',
    async carryOut(command) {
      tries.push(command);
      await judge(command, tries.filter(({ key }) => key === command.key).length);
      done.push(command);
    },
    onChange: (command) => waiting.set(command.key, command),
    onRemove: ({ key }) => waiting.delete(key),
    onRefused: ({ messageId }, { code }) => refused.push(`${messageId} ${code}`),
    random: () => 0,
  });
  opened.push(commands);
  return { commands, storage, tries, done, refused, waiting };
}

const edit = (messageId: string, content: string, chatId = 'c1') =>
  ({ kind: 'edit', chatId, messageId, content }) as const;
const remove = (messageId: string) => ({ kind: 'remove', chatId: 'c1', messageId, forEveryone: true }) as const;
const away = (): never => {
  throw networkError();
};

describe('commands', () => {
  it('of a chat are carried out one after the other, in their order', async () => {
    let [under, most] = [0, 0];
    const { commands, done, waiting, storage } = open(async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 2));
      under -= 1;
    });
    await Promise.all([commands.give(edit('m1', 'a')), commands.give(edit('m1', 'b')), commands.give(remove('m1'))]);
    expect(done.map((command) => (command.kind === 'edit' ? command.content : 'gone'))).toEqual(['a', 'b', 'gone']);
    expect([most, waiting.size, await storage.list('commands/')]).toEqual([1, 0, []]);
  });

  it('wait for a server that is away, and no longer than it is', async () => {
    let isAway = true;
    const { commands, tries, waiting } = open(() => (isAway ? away() : undefined));
    const given = commands.give(edit('m1', 'a'));
    await until(() => tries.length > 0);
    expect(waiting.size).toBe(1);
    isAway = false;
    commands.wake();
    await given;
    expect(waiting.size).toBe(0);
  });

  it('outlive a reload', async () => {
    const before = open(away);
    for (const order of [edit('m1', 'a'), remove('m2')]) before.commands.give(order).catch(() => undefined);
    await expect.poll(() => before.storage.list('commands/')).toHaveLength(2);
    before.commands.close();
    const after = open(undefined, before.storage);
    await after.commands.open();
    await until(() => after.done.length === 2);
    expect(after.done.map(({ messageId }) => messageId)).toEqual(['m1', 'm2']);
  });

  it('that are refused are taken back and told, and let the next ones pass', async () => {
    const { commands, refused, done, waiting } = open(({ messageId }) => {
      if (messageId === 'm1') throw new ApiError('edit_window_closed', 'no', { status: 403 });
    });
    const given = [commands.give(edit('m1', 'a')), commands.give(edit('m2', 'b'))];
    await expect(given[0]).rejects.toMatchObject({ code: 'edit_window_closed' });
    await given[1];
    expect([refused, done.length, waiting.size]).toEqual([['m1 edit_window_closed'], 1, 0]);
  });

  it('of a chat that is gone are gone, and those of another person are not touched', async () => {
    const { commands, storage, waiting } = open(away);
    const given = [commands.give(edit('m1', 'a')), commands.give(edit('m2', 'b', 'c2'))];
    const refusals = Promise.allSettled(given);
    await expect.poll(() => storage.list('commands/')).toHaveLength(2);
    await commands.discardChat('c1');
    await expect(given[0]).rejects.toMatchObject({ code: 'gone' });
    expect([...waiting.values()].map(({ chatId }) => chatId)).toEqual(['c2']);
    await forgetCommands(storage, 'u2');
    expect(await storage.list('commands/')).toHaveLength(1);
    commands.close();
    await refusals;
  });

  it('are shown in all tabs, and each learns what became of its own', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = open(() => promise);
    const second = open(() => promise, first.storage);
    const given = first.commands.give(edit('m1', 'a'));
    await until(() => second.waiting.size === 1);
    resolve();
    await given;
    await until(() => second.waiting.size === 0);
    expect(first.tries.length + second.tries.length).toBe(1);
  });
});
