import { createHash } from 'node:crypto';
import { canonicalJson } from '../shared/compute/canonical-json.ts';
import { hashTrainingSet } from '../shared/compute/training-set-hash.ts';
import type { IntervalPlan } from '../shared/definition/date-text.ts';
import type { MeshModel } from '../shared/definition/mesh.ts';
import type { Candidate } from '../shared/definition/pipeline.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { type PlannedMove, planMoves } from './core/alias-moves.ts';
import { type DenseNetwork, forward } from './core/dense-network.ts';
import { writeGoldenRequests } from './core/golden-requests.ts';
import { measureBinary } from './core/metrics.ts';
import { type Provenance, resourcesOf, signatureOf } from './core/provenance.ts';
import { writeReferenceProfile } from './core/reference-profile.ts';
import { planOf } from './core/training-plan.ts';
import { writeArtifact } from './core/write-artifact.ts';
import type {
  AliasState,
  CodeIdentity,
  OnStepProgress,
  Registry,
  Trainer,
  TrainingSet,
  TrainingSetSource,
} from './ports.ts';

/** What a training works with. */
export interface TrainingPorts {
  readonly source: TrainingSetSource;
  readonly trainer: Trainer;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** What is trained, by which code and for whom. */
export interface TrainingJob {
  readonly model: MeshModel;
  readonly code: CodeIdentity;
  readonly trainedBy: string;
}

/** Hears about the progress of a stage, such as `train production`. */
export type OnStage = (stage: string) => OnStepProgress;

/** A candidate that was trained and registered. */
export interface RegisteredVersion {
  readonly version: number;
  readonly candidate: Candidate;
  readonly provenance: Provenance;
}

/** What came out of a training. */
export interface TrainingReport {
  readonly versions: readonly RegisteredVersion[];
  /** Moves that were made, in order. */
  readonly moves: readonly PlannedMove[];
}

/**
 * Trains all candidates of a model's pipeline on one training set, measures them on the validation interval, registers
 * each and moves the aliases. Versions are immutable, so a training that fails half-way leaves valid ones behind.
 * @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED when the feature service defines other features than the mesh;
 * DATA_LOSS / TRAINING_FAILED when rows do not match their hash; ABORTED / ALIAS_MOVED; whatever a port throws.
 */
export async function runTraining(
  job: TrainingJob,
  ports: TrainingPorts,
  { onStage, signal }: { readonly onStage: OnStage; readonly signal: AbortSignal },
): Promise<TrainingReport> {
  const { model } = job;
  const { train, validate, trainRowsMax, validateRowsMax } = model.pipeline;
  const aliases = await ports.registry.aliases(model.name, signal);
  const build = (interval: IntervalPlan, rowsMax: number, stage: string): Promise<TrainingSet> =>
    buildSet({ model, interval, rowsMax }, ports.source, { onProgress: onStage(stage), signal });
  const learning = await build(train, trainRowsMax, 'build training set');
  const holdout = await build(validate, validateRowsMax, 'build validation set');
  const profile = writeReferenceProfile(
    learning.rows,
    model.featureSet.columns.map(({ name }) => name),
  );
  const versions: RegisteredVersion[] = [];
  for (const candidate of model.pipeline.candidates) {
    const plan = planOf(candidate, model.pipeline.seed);
    const begun = ports.clock.monotonic();
    const network = await ports.trainer.train(
      { rows: learning.rows, plan },
      onStage(`train ${candidate.alias}`),
      signal,
    );
    const trainMs = ports.clock.monotonic() - begun;
    const artifact = writeArtifact(network, candidate.format, {
      model: model.name,
      featureSetHash: model.featureSet.hash,
      dataHash: learning.manifest.dataHash,
    });
    const golden = writeGoldenRequests(network, holdout.rows);
    const provenance = provenanceOf(job, ports, {
      candidate,
      network,
      artifact,
      learning,
      holdout,
      trainMs,
      parentVersion: parentOf(candidate, aliases),
      profile,
      golden,
    });
    const sent = { model: model.name, provenance, artifact, attachments: [profile, golden] };
    const version = await ports.registry.register(sent, signal);
    versions.push({ version, candidate, provenance });
  }
  return { versions, moves: await moveAliases(job, ports, { versions, aliases, signal }) };
}

interface SetWish {
  readonly model: MeshModel;
  readonly interval: IntervalPlan;
  readonly rowsMax: number;
}

async function buildSet(
  { model, interval, rowsMax }: SetWish,
  source: TrainingSetSource,
  { onProgress, signal }: { readonly onProgress: OnStepProgress; readonly signal: AbortSignal },
): Promise<TrainingSet> {
  const { name, featureSet, pipeline } = model;
  const query = { model: name, interval, rowsMax, seed: pipeline.seed };
  const set = await source.build(query, onProgress, signal);
  const { manifest, rows } = set;
  if (manifest.featureSetHash !== featureSet.hash) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'TRAINING_FAILED',
      message: `wanted rows of feature set ${featureSet.hash} for model '${name}', got ${manifest.featureSetHash}; restart the mesh with this mesh file`,
    });
  }
  const hash = hashTrainingSet(rows).root;
  if (manifest.dataHash !== hash || rows.columns !== featureSet.columns.length) {
    throw new MeshError({
      code: 'DATA_LOSS',
      reason: 'TRAINING_FAILED',
      message: `wanted ${featureSet.columns.length} columns with hash ${manifest.dataHash}, got ${rows.columns} columns with hash ${hash}; the rows changed on their way`,
    });
  }
  if (rows.rows === 0) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'TRAINING_FAILED',
      message: `wanted examples for model '${name}' in the interval of its pipeline, got none; widen the interval or import the source further`,
      detail: { fromMs: interval.fromMs, untilMs: interval.untilMs },
    });
  }
  return set;
}

interface TrainedCandidate {
  readonly candidate: Candidate;
  readonly network: DenseNetwork;
  readonly artifact: Uint8Array;
  readonly learning: TrainingSet;
  readonly holdout: TrainingSet;
  readonly trainMs: number;
  readonly parentVersion: number;
  readonly profile: Uint8Array;
  readonly golden: Uint8Array;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function provenanceOf(
  { model, code, trainedBy }: TrainingJob,
  { trainer, clock }: TrainingPorts,
  trained: TrainedCandidate,
): Provenance {
  const { candidate, artifact, learning, holdout } = trained;
  const { manifest } = learning;
  const { alias, ...hyperparameters } = candidate;
  return {
    artifactDigest: digestOf(artifact),
    artifactBytes: artifact.length,
    artifactFormat: candidate.format,
    trainingData: {
      dataHash: manifest.dataHash,
      rows: learning.rows.rows,
      fromMs: manifest.interval.fromMs,
      untilMs: manifest.interval.untilMs,
      logOffset: manifest.logOffset,
      definitionHashes: manifest.definitionHashes,
      seed: manifest.seed,
    },
    codeCommit: code.commit,
    isCodeDirty: code.isDirty,
    hyperparametersJson: canonicalJson({
      ...hyperparameters,
      candidate: alias,
      optimizer: 'adam',
      schedule: 'linear to 0',
      seed: model.pipeline.seed,
      trainer: trainer.name,
      validation: {
        dataHash: holdout.manifest.dataHash,
        ...holdout.manifest.interval,
        rows: holdout.rows.rows,
      },
    }),
    trainedAtMs: clock.epoch(),
    trainedBy,
    metrics: metricsOf(trained),
    signature: signatureOf(model.featureSet),
    resources: resourcesOf(artifact.length),
    parentVersion: trained.parentVersion,
    referenceProfileDigest: digestOf(trained.profile),
    goldenRequestsDigest: digestOf(trained.golden),
  };
}

/** Metrics hold for the validation rows; `train_ms` is how long the training took. */
function metricsOf({ network, holdout, trainMs }: TrainedCandidate): Provenance['metrics'] {
  const probabilities = Float32Array.from(forward(network, holdout.rows.features));
  const measured = measureBinary(probabilities, holdout.rows.labels);
  return {
    auc: measured.auc,
    log_loss: measured.logLoss,
    brier: measured.brier,
    positive_rate: measured.positiveRate,
    mean_probability: measured.meanProbability,
    train_ms: Math.round(trainMs),
  };
}

/** A version descends from the one that holds its part when it is trained. */
function parentOf({ alias }: Candidate, aliases: readonly AliasState[]): number {
  return aliases.find((held) => held.alias === alias)?.version ?? 0;
}

interface MoveWish {
  readonly versions: readonly RegisteredVersion[];
  readonly aliases: readonly AliasState[];
  readonly signal: AbortSignal;
}

async function moveAliases(
  { model }: TrainingJob,
  { registry }: TrainingPorts,
  { versions, aliases, signal }: MoveWish,
): Promise<readonly PlannedMove[]> {
  const moves = planMoves(
    versions.map(({ version, candidate: { alias } }) => ({ alias, version })),
    new Map(aliases.map(({ alias, generation }) => [alias, generation])),
  );
  for (const move of moves) await registry.move({ model: model.name, ...move }, signal);
  return moves;
}
