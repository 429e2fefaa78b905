import { cpus, loadavg, release, totalmem } from 'node:os';

type Cell = string | number;

/** Whole numbers with thin groups, small ones with as many digits as say something. */
export function show(value: number): string {
  if (Number.isNaN(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** A table in Markdown, aligned for the terminal. */
export function printTable(title: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? show(cell) : cell)));
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(row[column] ?? '', width, column)).join(' | ')} |`;
  console.log(`\n${title}\n`);
  console.log(line(heads));
  console.log(`|${widths.map((width, column) => dashes(width, column)).join('|')}|`);
  for (const row of cells) console.log(line(row));
}

const pad = (text: string, width: number, column: number): string =>
  column === 0 ? text.padEnd(width) : text.padStart(width);

const dashes = (width: number, column: number): string =>
  column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`;

/** What a figure is worth depends on where, and beside what, it was measured. */
export function printMachine(): void {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GB, ${process.platform} ${release()}, Node ${process.version}`,
  );
  console.log(`${new Date().toISOString()}, load of the last minute before the run: ${loadavg()[0]?.toFixed(1)}`);
}

export function printLoad(): void {
  console.log(`\nload of the last minute at the end: ${loadavg()[0]?.toFixed(1)} (the run's own included)`);
}
