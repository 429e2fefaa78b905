import type { ChatState } from '@parley/client';
import type { ChatChange } from '@parley/contract';

export interface ChatValues {
  title: string;
  description: string;
  publicName: string;
}

/** As the contract has it; a test holds them together. */
export const publicNamePattern = /^[a-zA-Z][a-zA-Z0-9_]{3,31}$/;

/** Keys of the texts for what is wrong. */
export function problemsIn({ title, publicName }: ChatValues): { title?: string; publicName?: string } {
  const name = publicName.trim();
  return {
    ...(title.trim() === '' ? { title: 'create.nameMissing' } : {}),
    ...(name === '' || publicNamePattern.test(name) ? {} : { publicName: 'info.publicNameHint' }),
  };
}

/** Only what is new; nothing if all is as it was. */
export function changeOf(chat: ChatState, values: ChatValues): ChatChange | undefined {
  const title = values.title.trim();
  const description = values.description.trim();
  const publicName = values.publicName.trim();
  const change: ChatChange = {
    ...(title === (chat.title ?? '') ? {} : { title }),
    ...(description === (chat.description ?? '') ? {} : { description }),
    ...(publicName === (chat.publicName ?? '') ? {} : { publicName: publicName === '' ? null : publicName }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}
