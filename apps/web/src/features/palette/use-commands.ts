import { computed, nextTick } from 'vue';
import { useI18n } from 'vue-i18n';
import { type RouteLocationRaw, useRoute, useRouter } from 'vue-router';
import { useParley } from '../../realtime/parley.ts';
import { useChats, useSettings } from '../../realtime/views.ts';
import type { IconName } from '../../ui/icons.ts';
import { inOrder } from '../chats/chat-order.ts';
import { useChatTitle } from '../chats/use-chat-title.ts';
import { sections } from '../settings/sections.ts';
import { toMainPart } from '../shell/next-part.ts';

export interface Command {
  id: string;
  text: string;
  icon: IconName;
  /** Keys that do the same. */
  keys?: string;
  run(): unknown;
}

/** All that can be done from anywhere: things to do first, then places, then every chat. */
export function useCommands() {
  const { t } = useI18n();
  const { client } = useParley();
  const route = useRoute();
  const router = useRouter();
  const settings = useSettings();
  const chats = useChats();
  const { titleOf, isSaved } = useChatTitle();

  // In place of the palette's own page, so that going back does not lead to it.
  const go = (to: RouteLocationRaw) => async () => {
    await router.replace(to);
    await nextTick();
    toMainPart();
  };
  const isDark = (): boolean =>
    settings.value?.theme === 'dark' ||
    (settings.value?.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const withFlag = (flag: string): RouteLocationRaw => {
    const { palette: _, ...query } = route.query;
    return { query: { ...query, [flag]: null } };
  };

  const actions = computed<Command[]>(() => [
    { id: 'new', text: t('chats.new'), icon: 'compose', run: go(withFlag('new')) },
    {
      id: 'theme',
      text: t(isDark() ? 'palette.light' : 'palette.dark'),
      icon: 'palette',
      run: async () => {
        const theme = isDark() ? 'light' : 'dark';
        await go({ query: {} })();
        await client.updateSettings({ theme });
      },
    },
    { id: 'shortcuts', text: t('palette.shortcuts'), icon: 'keyboard', keys: '?', run: go(withFlag('shortcuts')) },
    { id: 'archive', text: t('chats.archived'), icon: 'archive', run: go({ name: 'archived' }) },
    ...sections.map(({ name, icon }) => ({
      id: `settings ${name}`,
      text: `${t('settings.title')}: ${t(`settings.sections.${name}`)}`,
      icon,
      run: go({ name: 'settings', params: { section: name } }),
    })),
    {
      id: 'signOut',
      text: t('settings.signOut'),
      icon: 'signOut',
      run: go({ name: 'settings', params: { section: '' }, query: { leave: null } }),
    },
  ]);
  const places = computed<Command[]>(() =>
    inOrder(chats.value).map((chat) => ({
      id: chat.id,
      text: titleOf(chat),
      icon: isSaved(chat)
        ? 'bookmark'
        : ({ direct: 'person', group: 'people', channel: 'megaphone' } as const)[chat.type],
      run: go({ name: 'chat', params: { chatId: chat.id } }),
    })),
  );

  return computed(() => [...places.value.slice(0, 5), ...actions.value, ...places.value.slice(5)]);
}
