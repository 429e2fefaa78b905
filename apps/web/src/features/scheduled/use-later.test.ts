import { ApiError } from '@parley/client';
import { expect, it } from 'vitest';
import { mount } from '../../testing/mount.ts';
import { useFailedSchedules } from './use-failed-schedules.ts';
import { useLater } from './use-later.ts';

const at = '2030-01-31T12:00:00.000Z';
const later = '2030-01-31T13:00:00.000Z';

it('who tries again schedules nothing twice', async () => {
  const keys: string[] = [];
  const call = async (_: string, { body }: { body: { clientMessageId: string } }): Promise<void> => {
    keys.push(body.clientMessageId);
    if (keys.length === 1) throw new ApiError('network', 'The answer was lost.');
  };
  const { result } = mount(() => useLater(() => 'c1'), { client: { http: { call } } });
  const draft = { content: 'hello' };
  result.ask(async () => undefined);
  await expect(result.keep({ ...draft, scheduledAt: at })).rejects.toThrow();
  await result.keep({ ...draft, scheduledAt: at });
  expect(keys[1]).toBe(keys[0]);
  await result.keep({ ...draft, scheduledAt: later });
  result.ask(async () => undefined);
  await result.keep({ ...draft, scheduledAt: at });
  expect(new Set(keys).size).toBe(3);
});

it('a scheduled message that could not be sent is told of, one that was sent by hand says so itself', async () => {
  const { useNotices } = await import('../../platform/notices.ts');
  let tell: ((failed: object) => void) | undefined;
  let key = '';
  const client = {
    on: (_: string, handler: (failed: object) => void) => {
      tell = handler;
      return () => undefined;
    },
    http: {
      call: async (_: string, { body }: { body: { clientMessageId: string } }) => {
        key = body.clientMessageId;
      },
    },
  };
  const { result } = mount(
    () => ({ notices: useNotices(), later: useLater(() => 'c1'), failed: useFailedSchedules() }),
    { client, state: { chats: new Map() } },
  );
  await result.later.keep({ content: 'hello', scheduledAt: at });
  result.notices.hide();
  tell?.({ chatId: 'c1', code: 'chat_not_found', clientMessageId: 'by hand' });
  expect(result.notices.text).toBeUndefined();
  tell?.({ chatId: 'c1', code: 'chat_not_found', clientMessageId: key });
  expect(result.notices.text).toContain('scheduled');
});
