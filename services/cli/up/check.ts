import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { CheckReport } from './check-report.ts';
import type { RunningMesh } from './running-mesh.ts';

/** Replays at full speed and gives what was measured. */
export async function runCheck(
  running: RunningMesh,
  context: CommandContext,
): Promise<CheckReport> {
  context.signal.throwIfAborted();
  throw new MeshError({
    code: 'UNIMPLEMENTED',
    reason: 'INTERNAL',
    message: `the check of mesh '${running.mesh.name}' is not built yet`,
  });
}
