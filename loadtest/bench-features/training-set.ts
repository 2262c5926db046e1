import { writeFileSync } from 'node:fs';
import type { TrainingRows__Output } from '../../services/gen/mlmesh/feature/v1/TrainingRows.ts';
import type { FeatureProcess } from './feature-process.ts';

/** Which training set is built. */
export interface TrainingSetOrder {
  readonly model: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rowsMax: number;
}

/** A training set as it came. */
export interface TrainingSetRun {
  readonly rows: number;
  /** Time from the call to its last message. */
  readonly ms: number;
  /** SHA-256 of its canonical rows. */
  readonly dataHash: string;
  readonly parts: readonly TrainingRows__Output[];
}

/** Builds a training set as a caller does: over gRPC, to its last row. */
export async function buildTrainingSet(
  { client }: FeatureProcess,
  order: TrainingSetOrder,
  signal: AbortSignal,
): Promise<TrainingSetRun> {
  const startedAt = performance.now();
  const parts: TrainingRows__Output[] = [];
  let manifest = { rows: 0, dataHash: '' };
  for await (const message of client.buildTrainingSet({ ...order, seed: 1 }, { signal })) {
    if (message.rows) parts.push(message.rows);
    if (message.manifest) manifest = message.manifest;
  }
  const { rows, dataHash } = manifest;
  return { rows, ms: performance.now() - startedAt, dataHash, parts };
}

/** Writes event ids and features as CSV for DuckDB, `id, f1, f2, ...`; what float32 can't hold was rounded before. */
export function writeTrainingCsv(path: string, { parts }: TrainingSetRun): number {
  const lines: string[] = [];
  let width = 0;
  for (const { rows, features, eventIds } of parts) {
    const values = new Float32Array(Uint8Array.from(features).buffer);
    width = values.length / rows;
    for (let row = 0; row < rows; row += 1) {
      const cells = values.subarray(row * width, (row + 1) * width);
      lines.push(`${eventIds[row]},${Array.from(cells, String).join(',')}`);
    }
  }
  const head = ['id', ...Array.from({ length: width }, (_, index) => `f${index + 1}`)];
  writeFileSync(path, `${head.join(',')}\n${lines.join('\n')}\n`);
  return width;
}
