import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const source = join(import.meta.dirname, 'service-worker.js');
/** The worker itself is fetched by the browser, and only for installing are these wanted. */
const isKept = (file: string): boolean =>
  !/^(sw\.js|\.stamp)$|\.(br|gz|zst|map)$|^(icon-\d|icon-mask|apple)/.test(file);

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter(isKept)
    .sort();

/** Writes `sw.js` beside the built app: the worker, with the list of files it keeps and a version that follows from them. */
export function serviceWorker(): Plugin {
  let folder = '';
  return {
    name: 'parley-service-worker',
    apply: 'build',
    configResolved({ root, build }) {
      folder = join(root, build.outDir);
    },
    closeBundle() {
      const code = readFileSync(source, 'utf8');
      const files = filesIn(folder);
      const hash = createHash('sha256').update(code);
      for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
      const list = JSON.stringify(files.map((file) => `/${file}`));
      const head = `const VERSION = '${hash.digest('hex').slice(0, 16)}';\nconst FILES = ${list};\n`;
      writeFileSync(join(folder, 'sw.js'), `${head}${code}`);
    },
  };
}
