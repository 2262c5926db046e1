/** What a node of the graph stands for, in the order of its columns. */
export const lineageKinds = ['source', 'view', 'feature', 'model'] as const;

/** One of {@link lineageKinds}. */
export type LineageKind = (typeof lineageKinds)[number];

/** One node of a lineage. */
export interface LineageNode {
  /** Unique: its kind and name. */
  readonly id: string;
  readonly kind: LineageKind;
  readonly name: string;
  /** Column, from 0: that of its kind. */
  readonly column: number;
  /** Place in its column, in rows from 0; may be fractional. */
  readonly row: number;
}

/** What comes from what. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
}

/** From sources to models. */
export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** Rows of the longest column. */
  readonly rows: number;
}

/** What a lineage is made of. */
export interface LineageParts {
  /** `view` is '' for a feature of the request. */
  readonly features: readonly { readonly name: string; readonly view: string }[];
  readonly sets: readonly { readonly model: string; readonly columns: readonly string[] }[];
}

/** What features of the request come from: the caller. */
const request = 'request';

/**
 * Gives what each model's features come from. Features stand below each other by their views, so that few lines cross, and what they come from and go
 * to stands at the middle of them.
 */
export function lineageOf({ features, sets }: LineageParts): Lineage {
  const used = features.filter(({ name }) => sets.some(({ columns }) => columns.includes(name)));
  const viewOf = ({ view }: { readonly view: string }) => (view === '' ? request : view);
  const sourceOf = (view: string) => (view === request ? 'caller' : (view.split('/')[0] ?? view));
  const sorted = [...used].sort(
    (left, right) =>
      compare(sourceOf(viewOf(left)), sourceOf(viewOf(right))) ||
      compare(viewOf(left), viewOf(right)) ||
      compare(left.name, right.name),
  );
  const edges = new Map<string, LineageEdge>();
  const link = (from: string, to: string) => edges.set(`${from} ${to}`, { from, to });
  for (const feature of sorted) {
    const view = viewOf(feature);
    link(`source ${sourceOf(view)}`, `view ${view}`);
    link(`view ${view}`, `feature ${feature.name}`);
  }
  for (const { model, columns } of sets) {
    for (const { name } of sorted) {
      if (columns.includes(name)) link(`feature ${name}`, `model ${model}`);
    }
  }
  return placed(
    [...edges.values()],
    sorted.map(({ name }) => `feature ${name}`),
  );
}

function placed(edges: readonly LineageEdge[], features: readonly string[]): Lineage {
  const rows = new Map(features.map((id, row) => [id, row] as const));
  // From the features outwards: views and models first, then the sources of the views.
  for (const kind of ['view', 'model', 'source'] as const) {
    const middles = new Map<string, number[]>();
    for (const { from, to } of edges) {
      const [id, other] = kind === 'model' ? [to, from] : [from, to];
      const row = rows.get(other);
      if (!id.startsWith(`${kind} `) || row === undefined) continue;
      middles.set(id, [...(middles.get(id) ?? []), row]);
    }
    spread(middles, rows);
  }
  const nodes = [...rows].map(([id, row]): LineageNode => {
    const kind = lineageKinds.find((known) => id.startsWith(`${known} `)) ?? 'feature';
    const name = id.slice(kind.length + 1);
    return { id, kind, name, row, column: lineageKinds.indexOf(kind) };
  });
  return { nodes, edges, rows: Math.max(1, ...nodes.map(({ row }) => Math.ceil(row) + 1)) };
}

/** Places each node at the mean of those that it is linked to, at least a row below the one before. */
function spread(middles: ReadonlyMap<string, readonly number[]>, rows: Map<string, number>): void {
  const wanted = [...middles]
    .map(([id, list]) => ({ id, row: list.reduce((sum, row) => sum + row, 0) / list.length }))
    .sort((left, right) => left.row - right.row);
  let next = 0;
  for (const { id, row } of wanted) {
    const placedRow = Math.max(row, next);
    rows.set(id, placedRow);
    next = placedRow + 1;
  }
}

/** Gives what a node comes from and leads to, itself included. */
export function relativesOf(id: string, edges: readonly LineageEdge[]): ReadonlySet<string> {
  const found = new Set([id]);
  const walk = (at: string, next: (edge: LineageEdge) => readonly [string, string]) => {
    for (const edge of edges) {
      const [here, there] = next(edge);
      if (here !== at || found.has(there)) continue;
      found.add(there);
      walk(there, next);
    }
  };
  walk(id, ({ from, to }) => [to, from]);
  walk(id, ({ from, to }) => [from, to]);
  return found;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
