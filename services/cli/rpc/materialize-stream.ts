import type { MaterializedView__Output } from '../../gen/mlmesh/feature/v1/MaterializedView.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { MeshConnection } from './connect-mesh.ts';

/** Which grid is wanted. */
export interface GridWanted {
  /** Id of the view. */
  readonly view: string;
  /** Points in [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly everyMs: number;
}

// A day: what takes longer goes on where it was when it is asked for again.
const buildMsMax = durationMs(86_400_000);

/**
 * Has the feature service write a view's offline features to the warehouse; gives what is there now.
 * @throws {MeshError} what the service says
 */
export async function materializeGrid(
  { feature }: MeshConnection,
  wanted: GridWanted,
  run: {
    readonly onProgress: (share: number, stage: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<MaterializedView__Output> {
  const options = { signal: run.signal, timeoutMs: buildMsMax };
  for await (const { progress, summary } of feature.materializeView({ ...wanted }, options)) {
    if (summary) return summary;
    if (!progress) continue;
    const { done, total, stage } = progress;
    run.onProgress(total > 0 ? done / total : 0, stage);
  }
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'TRAINING_FAILED',
    message: `wanted the summary of view '${wanted.view}', got the end of the stream; ask again`,
  });
}
