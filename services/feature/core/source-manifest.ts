import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { SourcePlan } from '../../shared/compute/plan.ts';

/** What a warehouse file was made from: with it a second import finds the work done. */
export interface SourceManifest {
  /** Name of the source. */
  readonly source: string;
  /** SHA-256 of the source's definition, 64 hexadecimal digits. */
  readonly planHash: string;
  /** Size and SHA-256 of the source's file. */
  readonly sourceBytes: number;
  readonly sourceHash: string;
  /** Events in the warehouse file when it was made, and so its highest position: erased ones leave gaps. */
  readonly rows: number;
  /** First and last visible time, epoch ms; 0 when there is no event. */
  readonly firstTs: number;
  readonly lastTs: number;
  /** Name of the Parquet file, beside the manifest. */
  readonly file: string;
}

/** Gives the hash of what a warehouse file depends on: the rest of the mesh may change without a new import. */
export function sourcePlanHash({
  columns,
  eventTime,
  visibleAfterMs,
  eventId,
}: SourcePlan): string {
  const content = canonicalJson({ columns, eventTime, visibleAfterMs, eventId, layout: 1 });
  return createHash('sha256').update(content).digest('hex');
}
