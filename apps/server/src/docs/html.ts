import type { Block, Page } from '@parley/contract/generate';

/** A page of the reference as HTML, without scripts and inline styles. */
export const toHtml = ({ title, blocks }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Parley</title>
<link rel="stylesheet" href="/docs/assets/docs.css">
</head>
<body>
${navigation}
<main>
<h1>${escapeHtml(title)}</h1>
${blocks.map(writeBlock).join('\n')}
</main>
</body>
</html>
`;

/** The reference's own menu; also on the page of the routes. */
export const navigation =
  '<nav aria-label="Reference"><a href="/docs">Routes</a> <a href="/docs/events">Events</a> <a href="/docs/errors">Errors</a> <a href="/openapi.json">openapi.json</a> <a href="/asyncapi.json">asyncapi.json</a></nav>';

function writeBlock(block: Block): string {
  if (block.kind === 'heading') return `<h2>${inline(block.text)}</h2>`;
  if (block.kind === 'text') return `<p>${inline(block.text)}</p>`;
  const head = block.titles.map((cell) => `<th scope="col">${inline(cell)}</th>`).join('');
  const rows = block.rows.map((row) => `<tr>${row.map((cell) => `<td>${inline(cell)}</td>`).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}

const inline = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (mark) => entities[mark]!);
