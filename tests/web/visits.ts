import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { desktop, faultsOf, openChat, openStage, type Stage } from './stage.ts';

/** The stage of a suite and those who come to it. They leave after each test, and nothing may have gone wrong in their pages. */
export interface Visits {
  readonly stage: Stage;
  /** Somebody of the demo, signed in. */
  open(username: string, options?: BrowserContextOptions): Promise<Page>;
  /** The same, in the conversation with this title. */
  openChat(username: string, title: string, options?: BrowserContextOptions): Promise<Page>;
}

/** To be called where a suite is described. */
export function useVisits(env: Record<string, string> = {}): Visits {
  let stage: Stage;
  let pages: Page[] = [];

  beforeAll(async () => {
    stage = await openStage(env);
  }, 180_000);
  afterAll(() => stage?.close());
  afterEach(async () => {
    const opened = pages;
    pages = [];
    for (const page of opened) await page.context().close();
    for (const page of opened) expect(faultsOf(page)).toEqual([]);
  });

  async function open(username: string, options: BrowserContextOptions = desktop): Promise<Page> {
    const page = await stage.open(username, options);
    pages.push(page);
    return page;
  }

  return {
    get stage() {
      return stage;
    },
    open,
    async openChat(username, title, options) {
      const page = await open(username, options);
      await openChat(page, title);
      return page;
    },
  };
}
