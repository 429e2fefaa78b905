import { routes } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { absoluteRoutes, publicRoutes, routeTable } from './route-table.ts';

const contract = Object.entries(routes) as [
  string,
  { method: string; path: string; access: string; absolute?: boolean },
][];

describe('the table of routes', () => {
  it('is the contract’s', () => {
    expect(routeTable).toEqual(
      Object.fromEntries(contract.map(([name, { method, path }]) => [name, `${method} ${path}`])),
    );
  });

  it('knows which are at the root and which need no token', () => {
    const named = (is: (route: (typeof contract)[number][1]) => boolean) =>
      contract.filter(([, route]) => is(route)).map(([name]) => name);
    expect([...absoluteRoutes].sort()).toEqual(named(({ absolute }) => absolute === true).sort());
    expect([...publicRoutes].sort()).toEqual(named(({ access }) => access === 'public').sort());
  });
});
