export { buildAsyncApi } from './asyncapi.ts';
export { errorsPage } from './errors-page.ts';
export { eventsPage } from './events-page.ts';
export type { JsonObject } from './json.ts';
export { toMarkdown } from './markdown.ts';
export { buildOpenApi, type OpenApiOptions, pathOf } from './openapi.ts';
export { buildMetricsPage, buildSettingsPage, type MetricRow, type SettingRow } from './operator-pages.ts';
export type { Block, Page } from './page.ts';
export { codesOf } from './route-errors.ts';
