import { openContext } from './browser.ts';
import { compareScrolling } from './gesture.ts';
import type { Place } from './loading.ts';

/** A reader in a hurry, over a long chat. */
export async function benchScrolling(place: Place): Promise<void> {
  const context = await openContext(place.browser, place.url, place.session);
  const chat = await context.newPage();
  await chat.goto(`/app/c/${place.longChatId}`);
  await chat.locator(`[data-sequence="${place.newest}"]`).waitFor();
  await compareScrolling(context, chat, 'long chat', { x: 900, distance: 24_000, speed: 6_000, first: 'up' });
  await context.close();
}
