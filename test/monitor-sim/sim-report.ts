import Table from 'cli-table3';

/** What a figure has to be. */
export interface SimBar {
  readonly key: string;
  /** What the figure is, for people. */
  readonly says: string;
  readonly least: number;
  readonly most: number;
  readonly unit: '%' | 's' | '';
}

/** All figures that have a bar, in the order in which they are shown. */
export const simBars: readonly SimBar[] = [
  {
    key: 'ks_false_alarm',
    says: 'windows without drift in which binned KS alarms at nominal 5 %, one request an entity',
    least: 0.03,
    most: 0.08,
    unit: '%',
  },
  {
    key: 'ks_false_alarm_repeats',
    says: 'the same where entities repeat: 2, 5 and 10 times, and by Zipf; the worst of them',
    least: 0,
    most: 0.08,
    unit: '%',
  },
  {
    key: 'drift_alerts_per_week',
    says: 'false drift alerts a week at a setting of 1, of 10 columns whose hours differ by themselves',
    least: 0.2,
    most: 2,
    unit: '',
  },
  {
    key: 'drift_found_windows',
    says: 'windows until a shift of one standard deviation of a column is an alert; two are needed',
    least: 2,
    most: 3,
    unit: '',
  },
  {
    key: 'gate_error',
    says: 'runs of 1,000 looks with a wrong PASS or FAIL at the margin, at alpha 5 %; the worst of 1, 5 and 20 % pairs that differ',
    least: 0,
    most: 0.05,
    unit: '%',
  },
  {
    key: 'gate_error_entities',
    says: 'the same with 500 entities that come by Zipf and differ, 100 looks',
    least: 0,
    most: 0.05,
    unit: '%',
  },
  {
    key: 'gate_power',
    says: 'runs in which a version that is as good passes within 6,000 pairs, 5 % of which differ, margin 1 point',
    least: 0.8,
    most: 1,
    unit: '%',
  },
  {
    key: 'false_rollbacks',
    says: 'rollbacks of a healthy version, or falls to the fallback, in 6 days with 6 outages a day of what both versions depend on',
    least: 0,
    most: 0,
    unit: '',
  },
  {
    key: 'detect_3pct_s',
    says: 'until a version with 3 % more errors is taken back, at 50 requests/s of which the version before sees a tenth; median',
    least: 0,
    most: 200,
    unit: 's',
  },
  {
    key: 'cusum_run_length',
    says: 'windows between false alarms of the cumulative sum, on average',
    least: 350,
    most: 470,
    unit: '',
  },
  {
    key: 'cusum_shift_1std',
    says: 'windows until it finds a shift of one standard deviation of their means, on average',
    least: 8,
    most: 13,
    unit: '',
  },
];

/** Figures by their keys. */
export type SimFigures = Readonly<Record<string, number>>;

/** Says whether a figure is within its bar; undefined where it was not measured. */
export function isWithin({ key, least, most }: SimBar, figures: SimFigures): boolean | undefined {
  const figure = figures[key];
  return figure === undefined ? undefined : figure >= least && figure <= most;
}

/** Gives a table for people: each figure with its bar, then those without one. */
export function renderSim(figures: SimFigures): string {
  const table = new Table({
    head: ['figure', 'value', 'bar', '', 'what it is'],
    style: { head: [], border: [] },
    colWidths: [24, 10, 15, 6, 60],
    wordWrap: true,
  });
  const barred = simBars.filter(({ key }) => key in figures);
  for (const bar of barred) {
    const [least, most] = [format(bar.least, bar.unit), format(bar.most, bar.unit)];
    const wanted = least === most ? most : `${least} to ${most}`;
    const verdict = isWithin(bar, figures) === true ? 'pass' : 'miss';
    table.push([bar.key, format(figures[bar.key] ?? 0, bar.unit), wanted, verdict, bar.says]);
  }
  const others = Object.entries(figures).filter(([key]) => barred.every((bar) => bar.key !== key));
  const rest = others.map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
  return `${table.toString()}\n${rest.length === 0 ? '' : `also: ${rest.join(', ')}\n`}`;
}

function format(value: number, unit: SimBar['unit']): string {
  if (unit === '%') return `${Number((value * 100).toFixed(2))} %`;
  return `${Number(value.toFixed(1))} ${unit}`.trimEnd();
}
