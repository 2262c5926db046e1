import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  runTrainingJob,
  type TrainingResult,
} from '../shared/platform/process/run-training-job.ts';
import type { ServiceName } from '../shared/platform/process/service-name.ts';
import type { ReportProgress } from './up/step-progress.ts';

/** A mesh that is running, as a training job needs it. */
export interface TrainingPlace {
  readonly addresses: Readonly<Record<ServiceName, string>>;
  /** Absolute path of the bundled module that exports `mesh`. */
  readonly meshModule: string;
  /** Path of the data directory. */
  readonly dataDirectory: string;
}

/**
 * Trains the candidates of a model's pipeline in a process of its own, and gives what was registered.
 * @throws {MeshError} what the job says; INTERNAL / TRAINING_FAILED when it ends without a word
 */
export function trainModel(
  place: TrainingPlace,
  model: string,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<TrainingResult> {
  const run = {
    modulePath: fileURLToPath(new URL('../training/main.js', import.meta.url)),
    config: {
      meshModule: place.meshModule,
      model,
      featureAddress: place.addresses.feature,
      registryAddress: place.addresses.registry,
      trainedBy: userInfo().username,
    },
    logPath: join(place.dataDirectory, 'logs', 'training.log'),
    onProgress: ({
      stage,
      done,
      total,
      detail,
    }: {
      stage: string;
      done: number;
      total: number;
      detail: string;
    }) => report(total > 0 ? done / total : 0, `${stage} ${detail}`),
  };
  return runTrainingJob(run, signal);
}
