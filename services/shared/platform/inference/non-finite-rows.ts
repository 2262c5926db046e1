/** Gives the rows of a [rows, columns] row-major matrix that hold NaN or infinity, ascending. Linear in its values. */
export function nonFiniteRows(values: Float32Array, columns: number): readonly number[] {
  const rows: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    if (Number.isFinite(values[index])) continue;
    const row = Math.floor(index / columns);
    rows.push(row);
    index = (row + 1) * columns - 1;
  }
  return rows;
}
