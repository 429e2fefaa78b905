import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { buildMetricsPage, buildSettingsPage, errorsPage, eventsPage, toMarkdown } from '@parley/contract/generate';
import { buildDocuments } from '../docs/documents.ts';
import { metricRows } from '../docs/metric-rows.ts';
import { createMetrics } from '../metrics.ts';
import { settings } from '../settings.ts';

const folder = new URL('../../../../docs/reference/', import.meta.url);

/** Every generated file, by its name in docs/reference. */
function buildFiles(): Record<string, string> {
  const { openapi, asyncapi } = buildDocuments();
  return {
    'openapi.json': toText(openapi),
    'asyncapi.json': toText(asyncapi),
    'events.md': toMarkdown(eventsPage),
    'errors.md': toMarkdown(errorsPage),
    'settings.md': toMarkdown(buildSettingsPage(Object.values(settings))),
    'metrics.md': toMarkdown(buildMetricsPage(metricRows(createMetrics().registry))),
  };
}

const toText = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

async function write(files: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(new URL(name, folder), content);
  console.log(`Written to docs/reference: ${Object.keys(files).join(', ')}`);
}

/** Says which files are not what the source would generate now. */
async function check(files: Record<string, string>): Promise<void> {
  const kept = await Promise.all(Object.keys(files).map((name) => read(name)));
  const different = Object.keys(files).filter((name, index) => kept[index] !== files[name]);
  if (different.length === 0) return console.log('docs/reference is up to date.');
  console.error(`Not what the source generates: ${different.map((name) => `docs/reference/${name}`).join(', ')}`);
  console.error('Run npm run generate and commit the result.');
  process.exitCode = 1;
}

async function read(name: string): Promise<string | undefined> {
  try {
    return await readFile(new URL(name, folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

await (process.argv.includes('--check') ? check : write)(buildFiles());
