import { expect, it } from 'vitest';
import guide from '../../../../docs/guides/first-install.md?raw';
import page from '../../index.html?raw';
import build from '../../vite.config.ts?raw';

it('the browsers that the app is built for are those that the page and the guide name', () => {
  const versions = [...build.matchAll(/'(?:chrome|firefox|safari)([\d.]+)'/g)].map(([, version]) => version);
  expect(versions).toHaveLength(3);
  const [chrome, firefox, safari] = versions;
  const named = (or: string): string => `Chrome ${or} Edge ${chrome}, Firefox ${firefox}, Safari ${safari}`;
  for (const text of [page, guide]) expect(text).toContain(named('or'));
  expect(page).toContain(named('oder'));
});
