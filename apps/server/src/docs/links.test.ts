import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'packages/*/example/*.md'], { cwd: root });
const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('what is written', () => {
  it('is found', () => expect(pages).toContain('README.md'));

  it.each(pages)('%s: every link leads to a file that is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, link]) => link!);
    const inside = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(inside.filter((link) => !existsSync(resolve(root, dirname(page), link)))).toEqual([]);
  });

  it.each(pages)('%s: every command it names is a script of package.json', (page) => {
    const named = [...read(page).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });
});
