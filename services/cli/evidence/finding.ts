/** What evidence can say: inconclusive keeps a version out as a failure does. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** What a producer found out about one kind of evidence. */
export interface Finding {
  readonly kind: string;
  readonly verdict: Verdict;
  /** Finite numbers by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** For people. */
  readonly statement: string;
  /** What it was made from, by name: SHA-256, 64 hexadecimal digits each. */
  readonly inputDigests: Readonly<Record<string, string>>;
  /** Version that it was compared with; 0 when there was none. */
  readonly baselineVersion: number;
  /** When what it says was so, epoch ms: its age counts from then. Undefined means now. */
  readonly madeAtMs?: number;
}
