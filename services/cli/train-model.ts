import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MeshAddresses } from '../shared/platform/process/mesh-addresses.ts';
import {
  runTrainingJob,
  type TrainingProgress,
  type TrainingResult,
} from '../shared/platform/process/run-training-job.ts';
import { userName } from '../shared/platform/process/user-name.ts';
import type { CallerTls } from './certs/caller-tls.ts';
import type { ReportProgress } from './up/step-progress.ts';

/** A mesh that is running, as a training job needs it. */
export interface TrainingPlace {
  readonly addresses: MeshAddresses;
  /** What whoever trains proves themselves with; undefined for a mesh without TLS. */
  readonly tls: CallerTls | undefined;
  /** Absolute path of the bundled module that exports `mesh`. */
  readonly meshModule: string;
  /** Path of the data directory. */
  readonly dataDirectory: string;
}

/** What a training registered and moved. */
export type FinishedTraining = Extract<TrainingResult, { kind: 'finished' }>;
/** What came of making a version again. */
export type FinishedReproduction = Extract<TrainingResult, { kind: 'reproduced' }>;

/**
 * Trains the candidates of a model's pipeline in a process of its own, and gives what was registered.
 * @throws {MeshError} what the job says; INTERNAL / SERVICE_CRASHED when it ends without a word
 */
export async function trainModel(
  place: TrainingPlace,
  model: string,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<FinishedTraining> {
  const result = await runJob(place, { model, version: 0, report }, signal);
  assert(result.kind === 'finished', 'a job that trains says what it registered');
  return result;
}

/**
 * Makes a version again in a process of its own, compares it with what is registered, and changes nothing.
 * @throws {MeshError} what the job says; INTERNAL / SERVICE_CRASHED when it ends without a word
 */
export async function reproduceModel(
  place: TrainingPlace,
  wanted: { readonly model: string; readonly version: number },
  report: ReportProgress,
  signal: AbortSignal,
): Promise<FinishedReproduction> {
  const result = await runJob(place, { ...wanted, report }, signal);
  assert(result.kind === 'reproduced', 'a job that reproduces says what came of it');
  return result;
}

interface Job {
  readonly model: string;
  /** Version to reproduce; 0 trains. */
  readonly version: number;
  readonly report: ReportProgress;
}

function runJob(
  place: TrainingPlace,
  { model, version, report }: Job,
  signal: AbortSignal,
): Promise<TrainingResult> {
  const run = {
    modulePath: fileURLToPath(new URL('../training/main.js', import.meta.url)),
    config: {
      meshModule: place.meshModule,
      model,
      featureAddress: place.addresses.feature[0],
      registryAddress: place.addresses.registry[0],
      tls: place.tls?.settings,
      trainedBy: userName(),
      reproducedVersion: version,
    },
    logPath: join(place.dataDirectory, 'logs', 'training.log'),
    onProgress: ({ stage, done, total, detail }: TrainingProgress) =>
      report(total > 0 ? done / total : 0, `${stage} ${detail}`),
  };
  return runTrainingJob(run, signal);
}
