import { createHash } from 'node:crypto';
import { type SetEvaluation, writeEvaluation } from '../shared/compute/evaluation-file.ts';
import type { TrainingRows } from '../shared/compute/training-rows.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { forward } from './core/dense-network.ts';
import { evaluateSet, namedMetrics } from './core/evaluation.ts';
import { writeGoldenRequests } from './core/golden-requests.ts';
import { type Hyperparameters, writeHyperparameters } from './core/hyperparameters.ts';
import type { TrainingEnvironment } from './core/provenance.ts';
import { type ProfiledRows, writeReferenceProfile } from './core/reference-profile.ts';
import { planOf } from './core/training-plan.ts';
import { writeArtifact } from './core/write-artifact.ts';
import type { DataSets, OnStage, RoleSet } from './data-sets.ts';
import type { ExternalTrainer, Trainer } from './ports.ts';

/** Who trains. */
export interface TrainerPorts {
  readonly trainer: Trainer;
  readonly external: ExternalTrainer;
  readonly clock: Clock;
}

/** What is trained. */
export interface VersionPlan {
  readonly candidate: Hyperparameters['candidate'];
  readonly seed: number;
  readonly data: DataSets;
}

/** All that a training makes of its data: the same plan gives the same bytes. */
export interface VersionContent {
  readonly artifact: Uint8Array;
  readonly profile: Uint8Array;
  readonly golden: Uint8Array;
  readonly evaluation: Uint8Array;
  readonly evaluated: readonly SetEvaluation[];
  /** By the names of the contract. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly hyperparametersJson: string;
  readonly environment: TrainingEnvironment;
  /** How long the training took; the one thing that differs each time. */
  readonly trainMs: number;
}

/**
 * Trains a candidate, measures it, and describes it for monitoring.
 * @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED when it gives something else than probabilities; what a trainer throws
 */
export async function makeVersion(
  plan: VersionPlan,
  ports: TrainerPorts,
  { onStage, signal }: { readonly onStage: OnStage; readonly signal: AbortSignal },
): Promise<VersionContent> {
  const { train, validate, test, manifest } = plan.data;
  const begun = ports.clock.monotonic();
  const made = await trainCandidate(plan, ports, { onStage, signal });
  const trainMs = ports.clock.monotonic() - begun;
  const baseRate = train.rows.labels.reduce((sum, label) => sum + label, 0) / train.rows.rows;
  const evaluated: SetEvaluation[] = [];
  let outputs: Float64Array = new Float64Array(0);
  for (const set of test === undefined ? [validate] : [validate, test]) {
    const probabilities = await probabilitiesOf(made, set, plan);
    if (set === validate) outputs = probabilities;
    evaluated.push(evaluateSet({ ...set, probabilities }, baseRate));
  }
  const { reported, environment } = made;
  return {
    artifact: made.artifact,
    profile: writeReferenceProfile(inputsOf(train.rows, manifest.features), {
      atMs: validate.rows.atMs,
      columns: [{ name: 'probability', values: outputs }],
    }),
    golden: writeGoldenRequests(validate.rows, outputs),
    evaluation: writeEvaluation({ sets: evaluated, reported }),
    evaluated,
    metrics: namedMetrics(evaluated),
    hyperparametersJson: writeHyperparameters({ ...plan, trainer: made.trainer }),
    environment,
    trainMs,
  };
}

/** Gives the SHA-256 of a blob, 64 hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface TrainedCandidate {
  readonly artifact: Uint8Array;
  readonly trainer: string;
  readonly environment: TrainingEnvironment;
  readonly reported: Readonly<Record<string, number>>;
  predict(features: Float32Array, rows: number): Promise<ArrayLike<number>>;
}

async function trainCandidate(
  { candidate, seed, data }: VersionPlan,
  { trainer, external }: TrainerPorts,
  { onStage, signal }: { readonly onStage: OnStage; readonly signal: AbortSignal },
): Promise<TrainedCandidate> {
  const { train, validate, manifest } = data;
  const { model, features } = manifest;
  const onProgress = onStage(`train ${candidate.alias}`);
  if (candidate.kind === 'external') {
    const input = {
      model,
      candidate,
      seed,
      features,
      learning: train.rows,
      holdout: validate.rows,
    };
    const made = await external.train(input, onProgress, signal);
    const predict = made.predict.bind(made);
    return { ...made, predict, trainer: 'external' };
  }
  const input = { rows: train.rows, plan: planOf(candidate, seed) };
  const network = await trainer.train(input, onProgress, signal);
  return {
    artifact: writeArtifact(network, candidate.format, {
      model,
      featureSetHash: manifest.featureSetHash,
      dataHash: train.manifest.dataHash,
    }),
    trainer: trainer.name,
    environment: trainer.environment,
    reported: {},
    predict: (features) => Promise.resolve(Float32Array.from(forward(network, features))),
  };
}

async function probabilitiesOf(
  made: TrainedCandidate,
  { rows, role }: RoleSet,
  { candidate }: VersionPlan,
): Promise<Float64Array> {
  const given = await made.predict(rows.features, rows.rows);
  const probabilities = Float64Array.from(given);
  const wrong = probabilities.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong < 0 && probabilities.length === rows.rows) return probabilities;
  const what =
    wrong < 0 ? `${probabilities.length} values` : `${probabilities[wrong]} for row ${wrong}`;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TRAINING_FAILED',
    message: `wanted a probability of 0 to 1 for each of ${rows.rows} rows of the ${role} set from candidate '${candidate.alias}', got ${what}; nothing was registered`,
  });
}

function inputsOf(rows: TrainingRows, names: readonly string[]): ProfiledRows {
  const columns = names.map((name, column) => ({
    name,
    values: Float64Array.from(
      { length: rows.rows },
      (_, row) => rows.features[row * rows.columns + column] ?? Number.NaN,
    ),
  }));
  return { atMs: rows.atMs, columns };
}
