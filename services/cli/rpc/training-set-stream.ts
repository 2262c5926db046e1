import type { TrainingManifest__Output } from '../../gen/mlmesh/feature/v1/TrainingManifest.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { MeshConnection } from './connect-mesh.ts';

/** The modes of a set, as the command and as the wire call them. */
export const setModes = {
  'as-served': 'TRAINING_SET_MODE_AS_SERVED',
  'as-corrected': 'TRAINING_SET_MODE_AS_CORRECTED',
  'as-logged': 'TRAINING_SET_MODE_AS_LOGGED',
} as const;

/** A mode of a set, as the command calls it. */
export type SetModeWord = keyof typeof setModes;

/** Which set is wanted. */
export interface TrainingSetWanted {
  readonly model: string;
  /** Examples with a time in [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** 0 means all. */
  readonly rowsMax: number;
  readonly seed: number;
  readonly mode: SetModeWord;
  /** As logged: how much before an example its answer may have been given, ms; otherwise 0. */
  readonly answerAgeMaxMs: number;
}

// A day: sets that are larger than memory take hours, and go on where they were when this is not enough.
const buildMsMax = durationMs(86_400_000);

/**
 * Has the feature service write a training set; gives its manifest, which names the folder.
 * @throws {MeshError} what the service says
 */
export async function writeTrainingSet(
  { feature }: MeshConnection,
  { mode, ...wanted }: TrainingSetWanted,
  run: {
    readonly onProgress: (share: number, stage: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<TrainingManifest__Output> {
  const request = { ...wanted, mode: setModes[mode], writeFiles: true };
  const options = { signal: run.signal, timeoutMs: buildMsMax };
  for await (const { progress, manifest } of feature.buildTrainingSet(request, options)) {
    if (manifest) return manifest;
    if (!progress) continue;
    const { done, total, stage } = progress;
    run.onProgress(total > 0 ? done / total : 0, stage);
  }
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'TRAINING_FAILED',
    message: `wanted the manifest of a training set for '${wanted.model}', got the end of the stream; ask again`,
  });
}
