import type { MetricDefinition } from '../../shared/kernel/metric-catalogue.ts';

/** Labels that each series of a mesh has, from what `mlmesh up` tells Prometheus. */
export type TargetLabel = 'mesh' | 'service' | 'replica';

/** Labels of a metric. */
type LabelOf<M extends MetricDefinition> = M['labels'][number];

/** Which series of a metric, and by which labels they stay apart. */
export interface Selection<M extends MetricDefinition> {
  /** Values that labels must have; `!a|b` is all but these. */
  readonly where?: Readonly<Partial<Record<LabelOf<M> | TargetLabel, string>>>;
  readonly by?: readonly (LabelOf<M> | TargetLabel)[];
}

/** Gives the name that a metric has in Prometheus, as OpenTelemetry's exporter writes it; of a histogram the base of its three. */
export function prometheusName({ name, kind }: MetricDefinition): string {
  const base = name.replace(/[^a-z0-9_]/gi, '_').replace(/_{2,}/g, '_');
  return kind === 'counter' && !base.endsWith('_total') ? `${base}_total` : base;
}

/** Gives the series that a metric has in Prometheus. */
export function seriesOf(metric: MetricDefinition): readonly string[] {
  const name = prometheusName(metric);
  if (metric.kind !== 'histogram') return [name];
  return [`${name}_bucket`, `${name}_count`, `${name}_sum`];
}

/** Gives how much a second a counter grows, or what a histogram takes, over a window such as `5m`. */
export function rateOf<const M extends MetricDefinition>(
  metric: M,
  window: string,
  selection: Selection<M> = {},
): string {
  const suffix = metric.kind === 'histogram' ? '_count' : '';
  const name = `${prometheusName(metric)}${suffix}`;
  return sum(`rate(${name}${matchers(selection)}[${window}])`, selection);
}

/** Gives a quantile of what a histogram took over a window, in its unit. */
export function quantileOf<const M extends MetricDefinition & { readonly kind: 'histogram' }>(
  metric: M,
  quantile: number,
  window: string,
  selection: Selection<M> = {},
): string {
  const by = ['le', ...(selection.by ?? [])].join(', ');
  const buckets = `rate(${prometheusName(metric)}_bucket${matchers(selection)}[${window}])`;
  return `histogram_quantile(${quantile}, sum by (${by}) (${buckets}))`;
}

/** Gives what a gauge has, or a counter has counted, now. */
export function levelOf<const M extends MetricDefinition>(
  metric: M,
  selection: Selection<M> = {},
  over: 'sum' | 'max' = 'sum',
): string {
  return aggregate(over, `${prometheusName(metric)}${matchers(selection)}`, selection);
}

function sum(inner: string, selection: { readonly by?: readonly string[] }): string {
  return aggregate('sum', inner, selection);
}

function aggregate(
  over: 'sum' | 'max',
  inner: string,
  { by = ['mesh'] }: { readonly by?: readonly string[] },
): string {
  return `${over} by (${by.join(', ')}) (${inner})`;
}

function matchers({ where = {} }: { readonly where?: object }): string {
  const parts = Object.entries(where).map(([label, value]) => {
    const text = String(value);
    return text.startsWith('!') ? `${label}!~"${text.slice(1)}"` : `${label}="${text}"`;
  });
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
