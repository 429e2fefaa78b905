import { watchEffect } from 'vue';

/** Where it is known how: a number on the icon of the installed app. */
interface Badges {
  setAppBadge?(count: number): Promise<void>;
  clearAppBadge?(): Promise<void>;
}

function showUnread(unread: number): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const file = unread > 0 ? '/icon-unread.svg' : '/icon.svg';
  if (icon !== null && !icon.href.endsWith(file)) icon.href = file;
  const { setAppBadge, clearAppBadge }: Badges = navigator;
  const told = unread > 0 ? setAppBadge?.call(navigator, unread) : clearAppBadge?.call(navigator);
  // Refused in a page that is not installed; there the title says it.
  told?.catch(() => undefined);
}

/** The name of what is shown, with how much is unread before it; the icon of the page says that there is something. */
export function useTitle(parts: () => { name: string | undefined; unread: number }): void {
  watchEffect(() => {
    const { name, unread } = parts();
    const title = name === undefined ? 'Parley' : `${name} · Parley`;
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${title}` : title;
    showUnread(unread);
  });
}
