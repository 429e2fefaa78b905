/** A page of the reference, to be written as Markdown or HTML. In texts, backticks mark code; nothing else is marked up. */
export interface Page {
  title: string;
  blocks: readonly Block[];
}

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'table'; titles: readonly string[]; rows: readonly (readonly string[])[] };

export interface Column<Row> {
  title: string;
  /** Nothing to say shows a dash. */
  cell(row: Row): string | undefined;
}

export const heading = (text: string): Block => ({ kind: 'heading', text });
export const text = (words: string): Block => ({ kind: 'text', text: words });
export const code = (words: string): string => `\`${words}\``;

export const table = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Block => ({
  kind: 'table',
  titles: columns.map(({ title }) => title),
  rows: rows.map((row) => columns.map(({ cell }) => cell(row) || '-')),
});
