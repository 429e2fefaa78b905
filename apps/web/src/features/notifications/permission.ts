export type Permission = NotificationPermission | 'missing' | 'insecure';

/** What the browser lets this page do on this device. Some have no notifications at all, none has them for pages over plain HTTP. */
export function permission(): Permission {
  if (!isSecureContext) return 'insecure';
  return typeof Notification === 'undefined' ? 'missing' : Notification.permission;
}

/** Only from a click: browsers refuse pages that ask by themselves. */
export const askPermission = async (): Promise<Permission> =>
  permission() === 'default' ? Notification.requestPermission() : permission();
