import type { FinishedRun } from '../script/run-script.ts';
import { formatMs, formatShare, formatValue } from './format-value.ts';
import type { MetricSummary } from './summary.ts';

/** What each group of the summary shows, by the begin of the metrics' names; what no group takes is the script's own. */
const groups: readonly (readonly [string, RegExp])[] = [
  ['GRPC', /^grpc_/],
  ['EXECUTION', /^(dropped_iterations|iteration|vus)/],
  ['NETWORK', /^data_/],
];

/** Gives the end of a run for a terminal, in the form of k6's summary. */
export function renderSummary(run: FinishedRun): string {
  const { summary } = run;
  const lines = [
    ...renderThresholds(run),
    '',
    '  TOTAL RESULTS',
    '',
    ...renderChecks(summary.root_group.checks),
    ...renderMetrics(summary.metrics),
    ...renderThrown(summary.thrown),
  ];
  return `\n${lines.join('\n')}\n\n`;
}

function renderThresholds({ thresholds, abortedBy }: FinishedRun): readonly string[] {
  const selectors = [...new Set(thresholds.map(({ plan }) => plan.selector))];
  return [
    '  THRESHOLDS',
    ...selectors.flatMap((selector) => [
      '',
      `    ${selector}`,
      ...thresholds
        .filter(({ plan }) => plan.selector === selector)
        .map(({ plan, metric, isMet, value }) => {
          const { text, aggregation } = plan.expression;
          const name = aggregation.name === 'p' ? `p(${aggregation.percent})` : aggregation.name;
          const isShare = metric.sink.kind === 'rate';
          const shown = isShare ? formatShare : (one: number) => formatValue(one, metric.contains);
          const ending = abortedBy?.plan === plan ? '   this ended the test' : '';
          return `    ${isMet ? '✓' : '✗'} '${text}' ${name}=${value === undefined ? 'nothing to judge' : shown(value)}${ending}`;
        }),
    ]),
  ];
}

function renderChecks(checks: FinishedRun['summary']['root_group']['checks']): readonly string[] {
  return checks.flatMap(({ name, passes, fails }) => {
    const share = `${formatShare(passes / (passes + fails))}, ${passes} of ${passes + fails}`;
    return [`    ${fails === 0 ? '✓' : '✗'} ${name}: ${share}`];
  });
}

function renderMetrics(metrics: Readonly<Record<string, MetricSummary>>): readonly string[] {
  const names = Object.keys(metrics).filter((name) => !name.startsWith('checks'));
  const width = Math.max(...names.map((name) => name.length)) + 3;
  const groupOf = (name: string) => groups.find(([, begin]) => begin.test(name))?.[0] ?? 'CUSTOM';
  return ['CUSTOM', ...groups.map(([name]) => name)].flatMap((group) => {
    const members = names.filter((name) => groupOf(name) === group);
    if (members.length === 0) return [];
    const lines = members.map((name) => {
      const metric = metrics[name];
      return `    ${`${name} `.padEnd(width, '.')}: ${metric === undefined ? '' : renderValues(metric)}`;
    });
    return ['', `    ${group}`, ...lines];
  });
}

function renderValues({ type, contains, values }: MetricSummary): string {
  const of = (name: string) => values[name] ?? Number.NaN;
  switch (type) {
    case 'counter':
      return `${formatValue(of('count'), contains)}  ${formatValue(of('rate'), contains)}/s`;
    case 'rate':
      return `${formatShare(of('rate'))}  ${of('passes')} of ${of('passes') + of('fails')}`;
    case 'gauge':
      return `${formatValue(of('value'), contains)}  min=${formatValue(of('min'), contains)} max=${formatValue(of('max'), contains)}`;
    default:
      return Object.entries(values)
        .map(
          ([name, value]) => `${name}=${name === 'count' ? value : formatValue(value, contains)}`,
        )
        .join(' ');
  }
}

function renderThrown(thrown: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(thrown);
  if (entries.length === 0) return [];
  return [
    '',
    '    ITERATIONS THAT THREW',
    ...entries.map(([text, count]) => `    ${count} x ${text}`),
  ];
}

/** Gives how a run is going, in one line. */
export function renderProgress(progress: {
  readonly elapsedMs: number;
  readonly durationMs: number;
  readonly busyUsers: number;
  readonly users: number;
  readonly completed: number;
  readonly dropped: number;
}): string {
  const { elapsedMs, durationMs, busyUsers, users, completed, dropped } = progress;
  const share = formatShare(Math.min(1, Math.round((elapsedMs / durationMs) * 100) / 100));
  const time = `${formatMs(Math.round(elapsedMs / 1_000) * 1_000)} of ${formatMs(durationMs)}`;
  return `running ${share.padStart(4)}, ${time}, ${busyUsers}/${users} VUs busy, ${completed} iterations complete, ${dropped} dropped`;
}
