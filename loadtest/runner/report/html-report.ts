import { machine } from '../../load/machine.ts';
import type { FinishedRun } from '../script/run-script.ts';
import { formatMs, formatShare, formatValue } from './format-value.ts';
import { reportStyle } from './report-style.ts';
import { type Chart, escapeHtml, svgChart } from './svg-chart.ts';
import type { TimelinePoint } from './timeline.ts';

/** Gives a run as one HTML file that needs nothing else: verdict, thresholds, charts over time, scenarios. */
export function htmlReport(run: FinishedRun, endedAt: Date): string {
  const { summary } = run;
  const title = `Load test: ${summary.script}`;
  const verdict = summary.isPassed ? 'every threshold holds' : 'a threshold failed';
  const facts = [
    `${formatMs(summary.state.testRunDurationMs)}, ended ${endedAt.toISOString()}`,
    `load sent from ${machine()}, Node ${process.version}`,
    ...(run.isInterrupted ? ['ended by a signal before its time'] : []),
    ...(run.abortedBy === undefined
      ? []
      : [
          `ended before its time by '${run.abortedBy.plan.expression.text}' of ${run.abortedBy.plan.selector}`,
        ]),
  ];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${reportStyle}</style></head><body><main>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="verdict ${summary.isPassed ? 'good' : 'bad'}">${verdict}</p>`,
    ...facts.map((fact) => `<p class="fact">${escapeHtml(fact)}</p>`),
    thresholdTable(run),
    ...chartsOf(run).map(svgChart),
    scenarioTable(run),
    metricTable(run),
    '<p class="fact">Latencies count from the moment at which a call was to be sent. Percentiles are within 0.1 %.</p>',
    '</main></body></html>\n',
  ].join('\n');
}

function thresholdTable({ thresholds }: FinishedRun): string {
  const rows = thresholds.map(({ plan, metric, isMet, value }) => {
    const isShare = metric.sink.kind === 'rate';
    const shown =
      value === undefined ? '' : isShare ? formatShare(value) : formatValue(value, metric.contains);
    return [isMet ? '✓' : '✗', plan.selector, plan.expression.text, shown];
  });
  return table('Thresholds', ['', 'metric', 'threshold', 'found'], rows);
}

function scenarioTable({ summary }: FinishedRun): string {
  const rows = summary.scenarios.map((one) => [
    one.name,
    one.executor,
    ...[one.started, one.completed, one.dropped, one.interrupted].map((count) => String(count)),
  ]);
  return table(
    'Scenarios',
    ['name', 'executor', 'started', 'completed', 'dropped', 'interrupted'],
    rows,
  );
}

function metricTable({ summary }: FinishedRun): string {
  const rows = Object.entries(summary.metrics).map(([name, { type, contains, values }]) => [
    name,
    type,
    Object.entries(values)
      .map(
        ([figure, value]) =>
          `${figure} ${figure === 'rate' && type === 'rate' ? formatShare(value) : formatValue(value, contains)}`,
      )
      .join(', '),
  ]);
  return table('Metrics', ['name', 'kind', 'figures'], rows);
}

function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return [
    `<h2>${title}</h2><div class="scroll"><table>`,
    `<thead>${line(head, 'th')}</thead><tbody>`,
    ...rows.map((row) => line(row, 'td')),
    '</tbody></table></div>',
  ].join('\n');
}

const tierTones: Readonly<Record<string, string>> = { model: 'a', fallback: 'c', rules: 'd' };

function chartsOf({ summary, thresholds }: FinishedRun): readonly Chart[] {
  const points = summary.timeline;
  const atMs = points.map((point) => point.atMs);
  const of = (pick: (point: TimelinePoint) => number | undefined) => points.map(pick);
  const bound = latencyBound(thresholds);
  const tiers = [...new Set(points.flatMap(({ tiersPerS }) => Object.keys(tiersPerS)))];
  return [
    {
      title: 'Latency of calls',
      unit: 'ms',
      atMs,
      lines: [
        { name: 'p50', tone: 'a', values: of(({ latency }) => latency?.p50) },
        { name: 'p90', tone: 'b', values: of(({ latency }) => latency?.p90) },
        { name: 'p99', tone: 'c', values: of(({ latency }) => latency?.p99) },
        { name: 'slowest', tone: 'd', values: of(({ latency }) => latency?.max) },
      ],
      ...(bound === undefined ? {} : { bound }),
    },
    {
      title: 'Rate of iterations',
      unit: 'per s',
      atMs,
      lines: [
        { name: 'wanted', tone: 'b', values: of(({ wantedPerS }) => wantedPerS) },
        { name: 'completed', tone: 'a', values: of(({ iterationsPerS }) => iterationsPerS) },
        { name: 'dropped', tone: 'd', values: of(({ droppedPerS }) => droppedPerS) },
      ],
    },
    ...(tiers.length === 0
      ? []
      : [
          {
            title: 'Answers by tier',
            unit: 'per s',
            atMs,
            lines: tiers.map((tier) => ({
              name: tier,
              tone: tierTones[tier] ?? 'b',
              values: of(({ tiersPerS }) => tiersPerS[tier] ?? 0),
            })),
          },
        ]),
    {
      title: 'Calls that failed',
      unit: '%',
      atMs,
      lines: [
        {
          name: 'failed',
          tone: 'd',
          values: of(({ failedShare }) =>
            failedShare === undefined ? undefined : failedShare * 100,
          ),
        },
      ],
    },
    {
      title: 'Virtual users',
      unit: 'busy',
      atMs,
      lines: [{ name: 'busy', tone: 'a', values: of(({ busyUsers }) => busyUsers) }],
    },
  ];
}

/** The least bound that a threshold sets to the 99th percentile of the latency. */
function latencyBound(thresholds: FinishedRun['thresholds']): number | undefined {
  const bounds = thresholds.flatMap(({ plan: { selector, expression } }) => {
    const { aggregation, operator, bound } = expression;
    const isP99 = aggregation.name === 'p' && aggregation.percent === 99;
    return selector.startsWith('grpc_req_duration') && isP99 && operator.startsWith('<')
      ? [bound]
      : [];
  });
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}
