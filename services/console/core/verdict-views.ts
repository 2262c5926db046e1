/** A verdict of the monitor, or several in a row that say the same. */
export interface VerdictItem {
  /** Of the newest of them. */
  readonly id: string;
  /** `guard` watches a version in production, `gates` judge a shadow. */
  readonly kind: string;
  readonly version: number;
  /** 0 for none. */
  readonly baselineVersion: number;
  /** Of a guard `keep`, `hold`, `rollback`, `fall-back` or `freeze`; of gates `pass`, `fail` or `inconclusive`. */
  readonly decision: string;
  /** Times of the first and the newest of them, epoch ms. */
  readonly sinceMs: number;
  readonly atMs: number;
  /** How many they are. */
  readonly count: number;
  /** What the newest has found, for people. */
  readonly statement: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** A verdict as the monitor lists it. */
export type ListedVerdict = Omit<VerdictItem, 'sinceMs' | 'count'>;

/**
 * Joins verdicts in a row that decide the same of the same versions: a guard stores one a minute while nothing happens. Rows of guards and of gates are told apart.
 * @param verdicts newest first
 */
export function joinVerdicts(verdicts: readonly ListedVerdict[]): readonly VerdictItem[] {
  const joined: VerdictItem[] = [];
  const newestOf = new Map<string, number>();
  for (const verdict of verdicts) {
    const index = newestOf.get(verdict.kind);
    const later = index === undefined ? undefined : joined[index];
    if (index !== undefined && later !== undefined && isSame(later, verdict)) {
      joined[index] = { ...later, sinceMs: verdict.atMs, count: later.count + 1 };
      continue;
    }
    newestOf.set(verdict.kind, joined.length);
    joined.push({ ...verdict, sinceMs: verdict.atMs, count: 1 });
  }
  return joined;
}

function isSame(one: ListedVerdict, other: ListedVerdict): boolean {
  return (
    one.decision === other.decision &&
    one.version === other.version &&
    one.baselineVersion === other.baselineVersion
  );
}
