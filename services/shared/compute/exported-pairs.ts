/** One request that a shadow was to answer, as it is exported: mlmesh.monitor.v1.ComparedPair. */
export interface ExportedPair {
  readonly keys: readonly string[];
  readonly atMs: number;
  readonly receivedAtMs: number;
  /** Absent where the shadow did not answer. */
  readonly score?: number;
  /** Why it did not; empty where it answered. */
  readonly failure: string;
  readonly latencyMs: number;
  readonly baselineScore?: number;
  readonly baselineMs?: number;
  readonly label?: number;
}

/** Requests of a shadow with all that a comparison of them needs. */
export interface ExportedPairs {
  readonly model: string;
  readonly version: number;
  /** 0 means whatever answered while nothing was in production. */
  readonly baselineVersion: number;
  /** Names of the join keys, in the order of the keys of a pair. */
  readonly keyNames: readonly string[];
  /** Policy of the gates as JSON. */
  readonly policyJson: string;
  /** The newest first. */
  readonly pairs: readonly ExportedPair[];
}

/** What the process that reads and writes files of pairs is asked. */
export type PairFileRequest =
  | { readonly kind: 'write'; readonly path: string; readonly exported: ExportedPairs }
  | {
      readonly kind: 'compare';
      readonly path: string;
      /** Join key of the segments; empty for none. */
      readonly segmentBy: string;
    };
