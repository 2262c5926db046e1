import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { computeVersion, type ViewPlan, viewId } from '../../shared/compute/plan.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { monthAt, monthBegin, monthText } from '../core/utc-month.ts';

/** The grid on which a view is asked to be written out. */
export interface MaterializeRequest {
  /** Id of the view, such as `flights/origin`. */
  readonly view: string;
  /** Points of the grid in [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The points are the whole multiples of this since the Unix epoch. */
  readonly everyMs: number;
  /** Log offset up to which events count. */
  readonly logOffset: number;
}

/** What is computed, and where. */
export interface MaterializePlan extends Omit<MaterializeRequest, 'view'> {
  /** With its offline features only. */
  readonly view: ViewPlan;
  /** Hash of each feature's definition, in order. */
  readonly definitionHashes: readonly string[];
  /** SHA-256 of the view, the names and definitions of its features and the arithmetic, 64 hexadecimal digits. */
  readonly version: string;
}

/** One month of a grid: its points in [fromMs, untilMs), epoch ms. */
export interface GridMonth {
  /** Such as `2001-05`, in UTC. */
  readonly month: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What a grid holds now. */
export interface MaterializedView {
  /** Folder of the grid: a folder for each month, with Parquet files and a manifest. */
  readonly folder: string;
  readonly months: readonly MaterializedMonth[];
}

/** One month of a grid. */
export interface MaterializedMonth extends GridMonth {
  readonly rows: number;
  /** Log offset that its values have seen: what came later changes none of them. */
  readonly logOffset: number;
  /** Whether it was made just now; false when it was there. */
  readonly isMade: boolean;
}

/** Columns of a file beside keys and features. */
export const gridColumns = { at: '_at_ms', status: (feature: string) => `${feature}_status` };

/**
 * Plans what a request asks for.
 * @throws {MeshError} NOT_FOUND / INVALID_FIELD for a view that the mesh lacks; FAILED_PRECONDITION / DEFINITION_INVALID for one
 * without offline features, and where two columns of its files would have the same name.
 */
export function materializePlan(mesh: Mesh, request: MaterializeRequest): MaterializePlan {
  // Views are served under the ids of their states; those of the mesh file stand before those of earlier versions.
  const whole = mesh.views.find((view) => plainId(view) === request.view);
  if (whole === undefined) throw unknownView(mesh, request.view);
  const id = plainId(whole);
  const hashes = new Map(
    mesh.features
      .filter((feature) => feature.view === id && feature.isOffline)
      .map(({ name, hash }) => [name, hash]),
  );
  const features = whole.features.filter(({ name }) => hashes.has(name));
  const definitionHashes = features.map(({ name }) => hashes.get(name) ?? '');
  if (features.length === 0) {
    throw unfit(id, 'has no feature with offline: true; set it where values are wanted');
  }
  const view = { ...whole, id, features };
  requireDistinct(view);
  const content = canonicalJson({
    computeVersion,
    view: view.id,
    features: features.map(({ name }) => name),
    definitionHashes,
  });
  const version = createHash('sha256').update(content).digest('hex');
  return { ...request, view, definitionHashes, version };
}

/** Cuts the interval of a plan into months of UTC. */
export function monthsOf({
  fromMs,
  untilMs,
}: Pick<GridMonth, 'fromMs' | 'untilMs'>): readonly GridMonth[] {
  const months: GridMonth[] = [];
  const last = monthAt(untilMs - 1);
  for (let month = monthAt(fromMs); month <= last; month += 1) {
    months.push({
      month: monthText(month),
      fromMs: Math.max(fromMs, monthBegin(month)),
      untilMs: Math.min(untilMs, monthBegin(month + 1)),
    });
  }
  return months;
}

/** Gives the points of a grid in [fromMs, untilMs), in order. */
export function gridTimes(
  { fromMs, untilMs }: Pick<GridMonth, 'fromMs' | 'untilMs'>,
  everyMs: number,
): Float64Array {
  const first = Math.ceil(fromMs / everyMs);
  const count = Math.max(0, Math.ceil(untilMs / everyMs) - first);
  return Float64Array.from({ length: count }, (_, index) => (first + index) * everyMs);
}

/** Writes the step of a grid: `1d`, `6h`, `15min`, `30s`, `500ms`. */
export function stepText(everyMs: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const;
  const [unit, ms] = units.find((candidate) => everyMs % candidate[1] === 0) ?? ['ms', 1];
  return `${everyMs / ms}${unit}`;
}

/** DuckDB and others take names that differ in case alone for the same. */
function requireDistinct({ id, by, features }: ViewPlan): void {
  const names = features.map(({ name }) => name);
  const all = [...by, gridColumns.at, ...names, ...names.map(gridColumns.status)];
  const seen = new Set<string>();
  for (const name of all) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) throw unfit(id, `would have two columns '${name}'; rename the feature`);
    seen.add(lower);
  }
}

function plainId({ source, by }: ViewPlan): string {
  return viewId(source, by);
}

function unknownView(mesh: Mesh, view: string): MeshError {
  const known = [...new Set(mesh.views.map(plainId))].join(', ');
  const description = `the mesh has no view '${view.slice(0, 256)}'; it has ${known}`;
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'INVALID_FIELD',
    message: `view: ${description}`,
    violations: [{ field: 'view', description }],
  });
}

function unfit(view: string, what: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'DEFINITION_INVALID',
    message: `view '${view}' cannot be written to the warehouse: it ${what}`,
  });
}
