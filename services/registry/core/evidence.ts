/** What evidence can say: inconclusive holds as a failure does. */
export const evidenceVerdicts = ['pass', 'fail', 'inconclusive'] as const;

/** One of {@link evidenceVerdicts}. */
export type EvidenceVerdict = (typeof evidenceVerdicts)[number];

/** What was found out about a version, by a command that did it. */
export interface Evidence {
  readonly model: string;
  readonly version: number;
  /** What it is bound to: SHA-256 of the artifact, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  /** One of the kinds of the table. */
  readonly kind: string;
  readonly verdict: EvidenceVerdict;
  /** What was measured, finite numbers by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** What was found, for people. */
  readonly statement: string;
  /** The command that made it. */
  readonly command: string;
  /** Epoch ms; never after it was attached. */
  readonly madeAtMs: number;
  /** What it was made from, by name: SHA-256, 64 hexadecimal digits each. */
  readonly inputDigests: Readonly<Record<string, string>>;
  /** Version that it was compared with, as its kind says; 0 when there was none. */
  readonly baselineVersion: number;
}

/** Evidence at its place in the log. */
export interface AttachedEvidence {
  readonly evidence: Evidence;
  /** The authenticated peer that attached it. */
  readonly actor: string;
  readonly atMs: number;
  readonly sequence: number;
}
