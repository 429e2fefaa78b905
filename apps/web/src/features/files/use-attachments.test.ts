import { expect, it } from 'vitest';
import { shallowRef, triggerRef } from 'vue';
import { mount } from '../../testing/mount.ts';
import { useAttachments } from './use-attachments.ts';

it('files that are chosen while others are being added find the room that these leave', async () => {
  const signal = shallowRef();
  const uploads = new Map<string, object[]>();
  const addFile = async (chatId: string, _file: Blob, { name }: { name: string }): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve));
    uploads.set(chatId, [...(uploads.get(chatId) ?? []), { id: name, name, state: 'waiting' }]);
    triggerRef(signal);
  };
  const state = { uploads, pending: new Map() };
  const parley = { client: { addFile }, state, track: () => void signal.value };
  const { result } = mount(() => useAttachments(() => 'c1'), parley);
  const files = (prefix: string) => Array.from({ length: 7 }, (_, index) => new File(['x'], `${prefix}${index}`));
  await Promise.all([result.add(files('a')), result.add(files('b'))]);
  expect(result.tray.value).toHaveLength(10);
  expect(result.problem.value).toBeDefined();
});
