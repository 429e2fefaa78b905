import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Whatever moves in has arrived. What moves for ever does not count. */
export const isStill = `Promise.all(
  document
    .getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
    .map(({ finished }) => finished.catch(() => 0)),
).then(() => true)`;

/** The keys of the field move what it suggests, and it scrolls along. */
const isMovedByField = /^<ul[^>]* role="listbox"/;

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What would keep somebody from using the page. What is still moving in has no colours of its own yet. */
export async function barriersOn(page: Page, only?: string): Promise<string[]> {
  await page.evaluate(isStill);
  if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(axe.source);
  const rules = only === undefined ? '' : `runOnly: ['${only}'],`;
  const run = `axe.run({ ${rules} resultTypes: ['violations'] }).then(({ violations }) => violations)`;
  return (await page.evaluate<Violation[]>(run))
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes
        .filter(({ html }) => id !== 'scrollable-region-focusable' || !isMovedByField.test(html))
        .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
}

const named = 'button|link|textbox|searchbox|checkbox|switch|radio|combobox|menu\\w*|option|slider|tab|dialog|img';
const nameless = new RegExp(`^- (${named})(?! ")\\b`);

/** Controls, menus and dialogs that a screen reader could not call by a name. */
export async function namelessOn(page: Page): Promise<string[]> {
  const lines = (await page.locator('body').ariaSnapshot()).split('\n');
  return lines.map((line) => line.trim()).filter((line) => nameless.test(line));
}
