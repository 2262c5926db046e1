import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ServedVector } from '../core/parity.ts';
import type { RecomputeRow, Recomputer } from '../ports.ts';

/** A recomputation reads the warehouse and waits behind others; nobody is waiting for it in turn. */
const callMs = durationMs(60_000);

/** Asks the feature service to compute vectors again. */
export class FeatureRecomputer implements Recomputer {
  readonly #feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>;

  constructor(feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>) {
    this.#feature = feature;
  }

  async recompute(
    featureSetHash: string,
    rows: readonly RecomputeRow[],
    signal: AbortSignal,
  ): Promise<readonly (ServedVector | 'erased')[]> {
    const response = await this.#feature.recompute(
      {
        query: {
          featureSetHash,
          rows: rows.length,
          keys: rows.flatMap(({ keys }) => keys),
          atMs: doubles(rows, ({ atMs }) => atMs),
        },
        logOffsets: doubles(rows, ({ logOffset }) => logOffset),
      },
      { timeoutMs: callMs, signal },
    );
    const values = response.rows?.values ?? Buffer.alloc(0);
    const statuses = response.rows?.statuses ?? Buffer.alloc(0);
    const columns = statuses.length / rows.length;
    if (!Number.isInteger(columns) || columns === 0) throw unreadable(rows.length, statuses.length);
    return rows.map((_, row) =>
      response.erased[row] === 1
        ? 'erased'
        : {
            values: values.subarray(row * columns * 8, (row + 1) * columns * 8),
            statuses: statuses.subarray(row * columns, (row + 1) * columns),
          },
    );
  }
}

function doubles<T>(rows: readonly T[], pick: (row: T) => number): Buffer {
  return Buffer.from(Float64Array.from(rows, pick).buffer);
}

function unreadable(rows: number, cells: number): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'INTERNAL',
    message: `wanted ${rows} recomputed rows, got ${cells} cells, which is no whole number of columns; the feature service's version may differ`,
  });
}
