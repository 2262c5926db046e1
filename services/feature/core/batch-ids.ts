/**
 * Says which events a batch or record holds, one a row: by ids that are unique within the source, or by their place in a
 * partition, where row `i` is at position `first + i`.
 */
export type BatchIds =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'positions'; readonly partition: string; readonly first: number };

/** Gives the ids of some rows, in their order. Rows of positions have to follow one another. */
export function takeIds(ids: BatchIds, rows: Uint32Array): BatchIds {
  if (ids.kind === 'positions') return { ...ids, first: ids.first + (rows[0] ?? 0) };
  return { kind: 'texts', texts: Array.from(rows, (row) => ids.texts[row] ?? '') };
}

/** Gives the ids of the first `rows` rows as texts: an event in a partition is called `partition@position`. */
export function idTexts(ids: BatchIds, rows: number): readonly string[] {
  if (ids.kind === 'texts') return ids.texts;
  const { partition, first } = ids;
  return Array.from({ length: rows }, (_, row) => `${partition}@${first + row}`);
}
