import type { Verdict } from './finding.ts';

/** A dashboard, by what it asks for. */
export interface AskedDashboard {
  readonly title: string;
  /** Queries in PromQL. */
  readonly queries: readonly string[];
}

/** What dashboards are judged by. */
export interface DashboardWish {
  /** Name of the model that one of them has to be of. */
  readonly model: string;
  readonly dashboards: readonly AskedDashboard[];
  /** What alerts and records are evaluated from, in PromQL. */
  readonly rules: readonly string[];
  /** Names of the series that processes give, and of the records that are made of them. */
  readonly series: ReadonlySet<string>;
}

/** How dashboards were found. */
export interface JudgedDashboards {
  readonly verdict: Verdict;
  readonly dashboards: number;
  readonly queries: number;
  /** Queries that ask for the model by its name. */
  readonly ofModel: number;
  /** For people. */
  readonly statement: string;
}

/** Names that a query asks for: those of metrics, and those of records. */
const namePattern = /\bmesh_\w+|\bmlmesh:[\w:]+/g;

/** Checks that a dashboard covers a model, and that nothing asks for a metric that is not there. */
export function judgeDashboards(wish: DashboardWish): JudgedDashboards {
  const { model, dashboards, rules, series } = wish;
  const queries = [...dashboards.flatMap((one) => one.queries), ...rules];
  const label = `model="${model}"`;
  const ofModel = dashboards.flatMap((one) => one.queries.filter((query) => query.includes(label)));
  const names = new Set(queries.flatMap((query) => query.match(namePattern) ?? []));
  const unknown = [...names].filter((name) => !series.has(name));
  const isCovered = ofModel.length > 0;
  return {
    verdict: isCovered && unknown.length === 0 ? 'pass' : 'fail',
    dashboards: dashboards.length,
    queries: queries.length,
    ofModel: ofModel.length,
    statement:
      [
        ...(isCovered ? [] : [`no dashboard asks for model '${model}'`]),
        ...unknown.map((name) => `nothing gives ${name}`),
      ].join('; ') ||
      `${queries.length} queries of ${dashboards.length} dashboards and the rules ask for ${names.size} series that are there, ${ofModel.length} of them for this model`,
  };
}
