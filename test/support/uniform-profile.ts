import type { Random } from '../../services/shared/kernel/clock.ts';
import { writeReferenceProfile } from '../../services/training/core/reference-profile.ts';

const dayMs = 86_400_000;

/** Gives the reference profile of a version whose inputs and one output were uniform on [0, 1), over `days` days of `rows` rows together. */
export function uniformProfile(
  names: readonly string[],
  { rows, days }: { readonly rows: number; readonly days: number },
  random: Random,
): Uint8Array {
  const atMs = Float64Array.from({ length: rows }, (_, row) => (row * days * dayMs) / rows);
  const values = () => Float64Array.from({ length: rows }, () => random.next());
  return writeReferenceProfile(
    { atMs, columns: names.map((name) => ({ name, values: values() })) },
    { atMs, columns: [{ name: 'probability', values: values() }] },
  );
}
