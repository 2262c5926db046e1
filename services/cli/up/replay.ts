import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { RunningMesh } from './running-mesh.ts';

/** How a replay runs. */
export interface ReplayRun {
  /** Virtual time for each real time; 0 means as fast as it goes. */
  readonly speed: number;
  /** Told how far virtual time has come, epoch ms. */
  readonly onProgress: (virtualMs: number) => void;
  readonly clock: Clock;
}

/** Replays the past that the mesh names against its services, to its end or until `signal` aborts. */
export async function runReplay(
  running: RunningMesh,
  _run: ReplayRun,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  throw notBuilt(running);
}

function notBuilt({ mesh }: RunningMesh): MeshError {
  return new MeshError({
    code: 'UNIMPLEMENTED',
    reason: 'INTERNAL',
    message: `the replay of mesh '${mesh.name}' is not built yet; use --no-replay`,
  });
}
