export type Permission = NotificationPermission | 'missing';

/** What the browser lets this page do on this device; some browsers have no notifications at all. */
export const permission = (): Permission => (typeof Notification === 'undefined' ? 'missing' : Notification.permission);

/** Only from a click: browsers refuse pages that ask by themselves. */
export const askPermission = async (): Promise<Permission> =>
  permission() === 'default' ? Notification.requestPermission() : permission();
