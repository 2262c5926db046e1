import type { ColumnReference } from '../../services/monitor/core/statistics/column-counter.ts';
import { ColumnCounter } from '../../services/monitor/core/statistics/column-counter.ts';
import { driftPolicy } from '../../services/monitor/core/statistics/drift-decision.ts';
import {
  type AlertBudget,
  driftThresholds,
} from '../../services/monitor/core/statistics/drift-threshold.ts';
import {
  type DriftStates,
  type DriftThresholds,
  judgeColumns,
} from '../../services/monitor/core/statistics/judge-columns.ts';
import { measureDrift } from '../../services/monitor/core/statistics/measure-drift.ts';
import { binnedKs, countBins, quantileEdges } from '../../services/shared/compute/profile-bins.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { normalDraws } from './draws.ts';
import type { SimPart } from './sim-part.ts';

const columns = 10;
const windowRows = 600;
const referenceWindows = 60;
const hoursPerWeek = 168;
/** How much hours differ by themselves, in standard deviations of a column: far more than the noise of their rows. */
const hourStd = 0.15;
/** What drifts in the end, in the same unit. */
const shift = 1;

const budget: AlertBudget = {
  falseAlertsPerWeek: 1,
  windowsPerWeek: hoursPerWeek,
  columns,
  windowsNeeded: driftPolicy.windowsNeeded,
  windowsLooked: driftPolicy.windowsLooked,
};

interface SimColumn {
  readonly reference: ColumnReference;
  readonly thresholds: DriftThresholds;
}

/** Columns whose hours differ by themselves, watched with a setting of one false alert a week, and by the plain rule; then one that drifts. */
export const driftPart: SimPart = {
  name: 'drift',
  keys: ['drift_alerts_per_week', 'drift_found_windows'],
  run: ({ seed, runs, advance }) => {
    const draw = normalDraws(seededRandom(seed));
    // Several references, since one that is by chance narrow alarms more often all the time.
    const references = 10;
    const weeks = Math.max(1, Math.round(runs / 500));
    let [alerts, plainAlarms, windows] = [0, 0, 0];
    for (let index = 0; index < references; index += 1) {
      const made = Array.from({ length: columns }, (_, column) => makeColumn(`c${column}`, draw));
      const watched = watchWeeks(made, weeks, draw);
      alerts += watched.alerts;
      plainAlarms += watched.plainAlarms;
      windows += made.reduce((sum, column) => sum + windowsUntilFound(column, draw), 0);
      advance((index + 1) / references);
    }
    return {
      drift_alerts_per_week: alerts / (weeks * references),
      drift_alerts_per_week_plain: plainAlarms / (weeks * references),
      drift_found_windows: windows / (references * columns),
    };
  },
};

/** Watches columns in which nothing happens but what is usual; counts what raises, and what the plain rule would have said. */
function watchWeeks(made: readonly SimColumn[], weeks: number, draw: () => number) {
  let states: DriftStates = {};
  let [alerts, plainAlarms] = [0, 0];
  for (let hour = 0; hour < weeks * hoursPerWeek; hour += 1) {
    const measured = made.map((column) => measure(column, drawWindow(draw, 0)));
    const judged = judgeColumns(states, measured, hour);
    states = judged.states;
    alerts += judged.verdicts.filter(({ change }) => change === 'raised').length;
    plainAlarms += measured.filter(({ drift }) => drift.pValue < 0.05).length;
  }
  return { alerts, plainAlarms };
}

function drawWindow(draw: () => number, by: number): Float64Array {
  const own = hourStd * draw() + by;
  return Float64Array.from({ length: windowRows }, () => draw() + own);
}

/** Makes a reference of windows, as training does: bins and counts of all of them, and how far each is from the whole. */
function makeColumn(name: string, draw: () => number): SimColumn {
  const windows = Array.from({ length: referenceWindows }, () => drawWindow(draw, 0));
  const sorted = Float64Array.from(windows.flatMap((window) => [...window])).sort();
  const edges = quantileEdges(sorted, 128);
  const counts = countBins(edges, sorted);
  const distances = windows.map((window) => binnedKs(counts, countBins(edges, window)));
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / referenceWindows;
  const squares = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0);
  const ks = { mean, std: Math.sqrt(squares / (referenceWindows - 1)) };
  return {
    reference: { name, rows: sorted.length, missingShare: 0, std: 1, edges, counts: [...counts] },
    thresholds: driftThresholds(
      { count: referenceWindows, ks, missing: { mean: 0, std: 0 } },
      budget,
    ),
  };
}

function measure({ reference, thresholds }: SimColumn, values: Float64Array) {
  const counter = new ColumnCounter(reference);
  for (const value of values) counter.add(value);
  const drift = measureDrift(reference, counter.counts(), windowRows);
  return { name: reference.name, drift, thresholds };
}

/** Gives how many windows it takes from the begin of a drift to its alert, at most 100. */
function windowsUntilFound(column: SimColumn, draw: () => number): number {
  let states: DriftStates = {};
  for (let windows = 1; windows < 100; windows += 1) {
    const judged = judgeColumns(states, [measure(column, drawWindow(draw, shift))], windows);
    states = judged.states;
    if (judged.verdicts.some(({ change }) => change === 'raised')) return windows;
  }
  return 100;
}
