import type { MetricRow } from '@parley/contract/generate';
import type { MetricObject, Registry } from 'prom-client';

/** prom-client keeps the labels of a metric, but does not say so in its types. */
type Labelled = MetricObject & { labelNames?: readonly string[] };

/** What the registry holds of our own, by name. */
export const metricRows = (registry: Registry): MetricRow[] =>
  (registry.getMetricsAsArray() as Labelled[])
    .filter(({ name }) => name.startsWith('messenger_'))
    .map(({ name, type, help, labelNames = [] }) => ({ name, type: String(type), help, labels: labelNames }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
