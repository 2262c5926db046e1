import type { MeshConnection } from '../rpc/connect-mesh.ts';
import { readFeatureFigures } from '../rpc/feature-figures.ts';
import { readModelFigures } from '../rpc/model-figures.ts';
import type { RunningMesh } from './running-mesh.ts';
import type { ScreenSummary } from './screen.ts';

/** Collects what the live screen shows. `virtualMs` is how far a replay has come. */
export async function readSummary(
  running: RunningMesh,
  connection: MeshConnection,
  virtualMs: number | undefined,
  signal: AbortSignal,
): Promise<ScreenSummary> {
  const names = Object.keys(running.mesh.models);
  return {
    mesh: running.mesh.name,
    virtualMs,
    services: running.services(),
    consoleUrl: running.consoleUrl,
    models: await Promise.all(names.map((name) => readModelFigures(connection, name, signal))),
    features: names.length === 0 ? await readFeatureFigures(connection, signal) : undefined,
  };
}
