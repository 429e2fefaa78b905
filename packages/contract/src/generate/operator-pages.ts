import { code, type Page, table, text } from './page.ts';

/** What a page says of one setting. */
export interface SettingRow {
  name: string;
  default?: string;
  meaning: string;
  secret?: boolean;
}

/** docs/reference/settings.md */
export const buildSettingsPage = (settings: readonly SettingRow[]): Page => ({
  title: 'Settings',
  blocks: [
    text(
      'Set in the environment or in `.env` beside package.json; the environment wins. An empty value is the same as none. docs/guides/settings.md says how they work together.',
    ),
    table(settings, [
      { title: 'name', cell: ({ name }) => code(name) },
      { title: 'default', cell: (row) => (row.default === undefined ? undefined : code(row.default)) },
      { title: 'meaning', cell: ({ meaning, secret }) => `${meaning}${secret ? ' (secret: never printed)' : ''}` },
    ]),
  ],
});

/** What a page says of one metric. */
export interface MetricRow {
  name: string;
  type: string;
  help: string;
  labels: readonly string[];
}

/** docs/reference/metrics.md */
export const buildMetricsPage = (metrics: readonly MetricRow[]): Page => ({
  title: 'Metrics',
  blocks: [
    text(
      '`GET /metrics`, in the Prometheus text format. Those of the Node process itself (`process_*`, `nodejs_*`) come besides.',
    ),
    table(metrics, [
      { title: 'name', cell: ({ name }) => code(name) },
      { title: 'type', cell: ({ type }) => type },
      { title: 'labels', cell: ({ labels }) => labels.map(code).join(', ') },
      { title: 'meaning', cell: ({ help }) => help },
    ]),
  ],
});
