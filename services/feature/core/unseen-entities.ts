import { joinKeyIndexes, type ViewPlan } from '../../shared/compute/plan.ts';
import { columnOf, type EventTable, nullCode } from './event-table.ts';
import { type RecomputeQuery, rowsByEntity } from './recompute-rows.ts';

/** An entity that rows ask for, and the first of those rows in time and in the log. */
interface AskedEntity {
  readonly texts: readonly string[];
  readonly fromTs: number;
  readonly fromOffset: number;
}

/**
 * Gives the entities of a view that rows ask for and of which a table holds no event before the earliest of their rows: whether they ever had one is not known from it.
 * As the texts that the view's first by-column may hold; empty when all were seen. `events` are sorted by ts. O(events + texts).
 */
export function unseenEntities(
  view: ViewPlan,
  query: Pick<RecomputeQuery, 'featureSet' | 'rows' | 'keys' | 'atMs' | 'logOffsets'>,
  events: EventTable,
): readonly string[] {
  const columns = view.by.map((name) => columnOf(events.texts, name));
  const asked = askedEntities(view, query);
  const codesOf = columns.map(({ dictionary }, index) =>
    codesIn(dictionary, new Set(asked.map(({ texts }) => texts[index] ?? ''))),
  );
  const unseen = new Map(
    asked.map((entity) => [
      entity.texts.map((text, index) => codesOf[index]?.get(text) ?? `no ${text}`).join(),
      entity,
    ]),
  );
  const firstCodes = new Set(codesOf[0]?.values());
  const first = columns[0]?.codes;
  const seen = new Set<string>();
  for (let row = 0; row < events.rows && seen.size < unseen.size; row += 1) {
    if (!firstCodes.has(first?.[row] ?? nullCode)) continue;
    const id = columns.map(({ codes }) => codes[row]).join();
    const entity = unseen.get(id);
    if (entity === undefined || seen.has(id)) continue;
    const isBefore = (events.ts[row] ?? 0) < entity.fromTs;
    if (isBefore && (events.seq[row] ?? 0) <= entity.fromOffset) seen.add(id);
  }
  const left = [...unseen].filter(([id]) => !seen.has(id));
  return [...new Set(left.map(([, { texts }]) => texts[0] ?? ''))];
}

/** Gives the codes of some texts of a dictionary; those that it does not hold have none. */
function codesIn(
  dictionary: readonly string[],
  texts: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const codes = new Map<string, number>();
  dictionary.forEach((text, code) => {
    if (texts.has(text)) codes.set(text, code);
  });
  return codes;
}

function askedEntities(
  view: ViewPlan,
  query: Pick<RecomputeQuery, 'featureSet' | 'rows' | 'keys' | 'atMs' | 'logOffsets'>,
): readonly AskedEntity[] {
  const { joinKeys } = query.featureSet;
  const indexes = joinKeyIndexes(view, joinKeys);
  const least = (values: Float64Array, rows: readonly number[]): number =>
    rows.reduce((a, row) => Math.min(a, values[row] ?? 0), Number.POSITIVE_INFINITY);
  return [...rowsByEntity(view, query).values()].map((rows) => ({
    texts: indexes.map((index) => query.keys[(rows[0] ?? 0) * joinKeys.length + index] ?? ''),
    fromTs: least(query.atMs, rows),
    fromOffset: least(query.logOffsets, rows),
  }));
}
