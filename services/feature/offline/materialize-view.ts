import { computeVersion } from '../../shared/compute/plan.ts';
import { EntityGroups } from '../core/entity-groups.ts';
import type { EventTable } from '../core/event-table.ts';
import { viewShape } from '../core/source-schema.ts';
import { reachMs } from '../core/view-reach.ts';
import { type EventReader, loadEvents, schemaOf } from '../jobs/job-context.ts';
import type { RowFiles } from '../ports.ts';
import { gridNames, gridRows } from './grid-rows.ts';
import { LaterEvents } from './later-events.ts';
import {
  type GridMonth,
  gridTimes,
  type MaterializedMonth,
  type MaterializedView,
  type MaterializePlan,
  monthsOf,
} from './materialize-plan.ts';
import {
  gridFolder,
  type MonthBasis,
  MonthFiles,
  type MonthManifest,
  type MonthState,
} from './month-files.ts';
import { blockRowsMax, eventParts, type SetLimits } from './set-limits.ts';
import { setSource } from './set-manifest.ts';
import { eventRows, type ValuesRun } from './view-values.ts';

/** What a view is written out with. */
export interface MaterializeParts extends EventReader {
  readonly rowFiles: RowFiles;
  /** Holds what is materialised. */
  readonly materializedFolder: string;
  readonly setLimits: SetLimits;
}

/**
 * Writes the values and statuses of a view's offline features to Parquet files: at each point t of the grid those of each
 * entity with an event before t, as they are at (t, log offset), month by month. A month that is there and that nothing has
 * changed since is left alone; one that was begun goes on where it was.
 */
export async function materializeView(
  parts: MaterializeParts,
  plan: MaterializePlan,
  run: ValuesRun,
): Promise<MaterializedView> {
  const later = new LaterEvents(parts.store, plan.view.source, plan.logOffset);
  const wanted = monthsOf(plan);
  const months: MaterializedMonth[] = [];
  for (const [index, month] of wanted.entries()) {
    run.signal.throwIfAborted();
    const onProgress = (stage: string): Promise<void> =>
      run.onProgress(`month ${month.month}: ${stage}`, index, wanted.length);
    months.push(await bringMonth(parts, plan, { month, later, run: { ...run, onProgress } }));
  }
  return { folder: gridFolder(parts.materializedFolder, plan), months };
}

interface MonthRun {
  readonly month: GridMonth;
  readonly later: LaterEvents;
  readonly run: ValuesRun;
}

async function bringMonth(
  parts: MaterializeParts,
  plan: MaterializePlan,
  { month, later, run }: MonthRun,
): Promise<MaterializedMonth> {
  const files = new MonthFiles(parts.rowFiles, parts.materializedFolder, {
    plan,
    month: month.month,
  });
  const basis = basisOf(parts, plan);
  const isCurrent = (made: MonthBasis & GridMonth): boolean =>
    JSON.stringify(made.source) === JSON.stringify(basis.source) &&
    made.logOffset <= basis.logOffset &&
    !later.hasAny(made.logOffset, gridTimes(made, plan.everyMs).at(-1) ?? made.fromMs);
  const there = files.finished();
  // What is there is not cut back: it grows by what is asked.
  const whole = there === undefined ? month : hullOf(month, there);
  if (there !== undefined && isSameInterval(whole, there) && isCurrent(there)) {
    await run.onProgress('is there', 0, 0);
    return { ...monthOf(there), isMade: false };
  }
  const left = files.state();
  const goesOn = left !== undefined && isSameInterval(whole, left) && isCurrent(left);
  const state = goesOn ? left : await beginMonth(parts, plan, { month: whole, basis, run });
  if (!goesOn) files.begin(state);
  const manifest = manifestOf(plan, await makeParts(parts, plan, { state, files, run }));
  files.finish(manifest);
  await run.onProgress('is written', 0, 0);
  return { ...monthOf(manifest), isMade: true };
}

async function beginMonth(
  parts: MaterializeParts,
  plan: MaterializePlan,
  {
    month,
    basis,
    run,
  }: { readonly month: GridMonth; readonly basis: MonthBasis; readonly run: ValuesRun },
): Promise<MonthState> {
  const times = gridTimes(month, plan.everyMs);
  const { source } = plan.view;
  const { numbers, texts } = shapeOf(parts, plan);
  const interval = { source, ...intervalOf(plan, times), logOffset: plan.logOffset };
  const rows = times.length === 0 ? 0 : await eventRows(parts, interval, run.signal);
  const size = { rows, columns: numbers.length, keys: texts.length };
  const count = times.length === 0 ? 0 : eventParts(parts.setLimits, size);
  return { ...basis, ...month, parts: count, partsDone: 0, rows: 0, files: [] };
}

/** Makes the parts of a month that are not done. */
async function makeParts(
  parts: MaterializeParts,
  plan: MaterializePlan,
  of: { readonly state: MonthState; readonly files: MonthFiles; readonly run: ValuesRun },
): Promise<MonthState> {
  let { state } = of;
  const { files, run } = of;
  const times = gridTimes(state, plan.everyMs);
  while (state.partsDone < state.parts) {
    const part = state.partsDone;
    await run.onProgress(`reading events (part ${part + 1} of ${state.parts})`, 0, 0);
    const events = await partEvents(parts, plan, { state, times, signal: run.signal });
    const made = await writePart({ plan, events, times }, { part, parts, files, run });
    state = {
      ...state,
      partsDone: part + 1,
      rows: state.rows + made.rows,
      files: [...state.files, ...made.files],
    };
    files.save(state);
    await run.onProgress(`part ${part + 1} of ${state.parts} is written`, 0, 0);
  }
  return state;
}

/** Writes the rows of some entities, in files of a size that memory holds. */
async function writePart(
  {
    plan,
    events,
    times,
  }: {
    readonly plan: MaterializePlan;
    readonly events: EventTable;
    readonly times: Float64Array;
  },
  of: {
    readonly part: number;
    readonly parts: MaterializeParts;
    readonly files: MonthFiles;
    readonly run: ValuesRun;
  },
): Promise<{ readonly rows: number; readonly files: readonly string[] }> {
  const { part, parts, files, run } = of;
  const groups = new EntityGroups(events, plan.view);
  const names = gridNames(plan.view);
  const rowsMax = blockRowsMax(parts.setLimits, names.numbers.length + names.texts.length);
  const batches = gridRows(plan.view, groups, times);
  const written: string[] = [];
  let rows = 0;
  for (let next = batches.next(); next.done !== true; next = batches.next()) {
    const some = [next.value];
    let count = next.value.rows;
    while (count < rowsMax) {
      const more = batches.next();
      if (more.done === true) break;
      some.push(more.value);
      count += more.value.rows;
    }
    const file = `rows-${pad(part)}-${pad(written.length)}.parquet`;
    await files.write(file, { names, batches: some }, run.signal);
    written.push(file);
    rows += count;
  }
  return { rows, files: written };
}

async function partEvents(
  parts: MaterializeParts,
  plan: MaterializePlan,
  {
    state,
    times,
    signal,
  }: { readonly state: MonthState; readonly times: Float64Array; readonly signal: AbortSignal },
): Promise<EventTable> {
  const { view } = plan;
  const partition = { by: view.by, part: state.partsDone, parts: state.parts };
  const wanted = {
    source: view.source,
    shape: shapeOf(parts, plan),
    ...intervalOf(plan, times),
    views: [view],
    logOffset: state.logOffset,
    ...(state.parts === 1 ? {} : { partition }),
  };
  return await loadEvents(parts, wanted, signal);
}

function basisOf(parts: MaterializeParts, { view, logOffset }: MaterializePlan): MonthBasis {
  const historyRows = parts.store.segment(view.source)?.rows ?? 0;
  return { logOffset, source: { ...setSource(parts.manifestOf, view.source), historyRows } };
}

function shapeOf(parts: MaterializeParts, { view }: MaterializePlan): ReturnType<typeof viewShape> {
  return viewShape({ ...schemaOf(parts.mesh, view.source), views: [view], keyColumns: view.by });
}

function intervalOf(
  { view }: MaterializePlan,
  times: Float64Array,
): { readonly fromTs: number; readonly untilTs: number } {
  return { fromTs: (times[0] ?? 0) - reachMs([view]), untilTs: times.at(-1) ?? 0 };
}

function isSameInterval(left: GridMonth, right: GridMonth): boolean {
  return left.fromMs === right.fromMs && left.untilMs === right.untilMs;
}

function hullOf(left: GridMonth, right: GridMonth): GridMonth {
  const { month } = left;
  const fromMs = Math.min(left.fromMs, right.fromMs);
  return { month, fromMs, untilMs: Math.max(left.untilMs, right.untilMs) };
}

function monthOf({
  month,
  fromMs,
  untilMs,
  rows,
  logOffset,
}: MonthManifest): Omit<MaterializedMonth, 'isMade'> {
  return { month, fromMs, untilMs, rows, logOffset };
}

function manifestOf(
  { view, everyMs, definitionHashes }: MaterializePlan,
  { parts: _, partsDone: __, ...made }: MonthState,
): MonthManifest {
  const features = view.features.map(({ name }) => name);
  return { view: view.id, everyMs, computeVersion, features, definitionHashes, ...made };
}

function pad(index: number): string {
  return String(index).padStart(5, '0');
}
