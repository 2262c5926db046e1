import type { SetEvaluation } from '../shared/compute/evaluation-file.ts';
import type { Candidate } from '../shared/definition/candidate.ts';
import type { MeshModel } from '../shared/definition/mesh.ts';
import { type PlannedMove, planMoves } from './core/alias-moves.ts';
import { type Provenance, resourcesOf, signatureOf } from './core/provenance.ts';
import { writeTrainingManifest } from './core/training-manifest.ts';
import { buildDataSets, type DataSets, type OnStage, recipeOf } from './data-sets.ts';
import { digestOf, makeVersion, type TrainerPorts, type VersionContent } from './make-version.ts';
import type { AliasState, CodeIdentity, Registry, TrainingSetSource } from './ports.ts';

/** What a training works with. */
export interface TrainingPorts extends TrainerPorts {
  readonly source: TrainingSetSource;
  readonly registry: Registry;
}

/** What is trained, by which code and for whom. */
export interface TrainingJob {
  readonly model: MeshModel;
  readonly code: CodeIdentity;
  readonly trainedBy: string;
}

/** A candidate that was trained and registered. */
export interface RegisteredVersion {
  readonly version: number;
  readonly candidate: Candidate;
  readonly provenance: Provenance;
  /** How good it is on each set that it has not learnt from. */
  readonly evaluated: readonly SetEvaluation[];
}

/** What came out of a training. */
export interface TrainingReport {
  readonly versions: readonly RegisteredVersion[];
  /** Moves that were made, in order. */
  readonly moves: readonly PlannedMove[];
}

/**
 * Trains all candidates of a model's pipeline on one training set, measures them on the intervals after it, registers
 * each and moves the aliases. Versions are immutable, so a training that fails half-way leaves valid ones behind.
 * @throws {MeshError} what {@link buildDataSets} and {@link makeVersion} say; ABORTED / ALIAS_MOVED; whatever a port throws.
 */
export async function runTraining(
  job: TrainingJob,
  ports: TrainingPorts,
  run: { readonly onStage: OnStage; readonly signal: AbortSignal },
): Promise<TrainingReport> {
  const { model } = job;
  const aliases = await ports.registry.aliases(model.name, run.signal);
  const data = await buildDataSets(recipeOf(model), ports.source, run);
  const manifest = writeTrainingManifest(data.manifest);
  const versions: RegisteredVersion[] = [];
  for (const candidate of model.pipeline.candidates) {
    const content = await makeVersion({ candidate, seed: model.pipeline.seed, data }, ports, run);
    const parentVersion = parentOf(candidate, aliases);
    const made = { candidate, content, data, manifest, parentVersion };
    const provenance = provenanceOf(job, ports, made);
    const { artifact, profile, golden, evaluation, evaluated } = content;
    const attachments = [profile, golden, manifest, evaluation];
    const sent = { model: model.name, provenance, artifact, attachments };
    const version = await ports.registry.register(sent, run.signal);
    versions.push({ version, candidate, provenance, evaluated });
  }
  return { versions, moves: await moveAliases(job, ports, { versions, aliases, ...run }) };
}

interface MadeVersion {
  readonly candidate: Candidate;
  readonly content: VersionContent;
  readonly data: DataSets;
  readonly manifest: Uint8Array;
  readonly parentVersion: number;
}

function provenanceOf(
  { model, code, trainedBy }: TrainingJob,
  { clock }: TrainingPorts,
  { candidate, content, data, manifest, parentVersion }: MadeVersion,
): Provenance {
  const { rows, manifest: made } = data.train;
  return {
    artifactDigest: digestOf(content.artifact),
    artifactBytes: content.artifact.length,
    artifactFormat: candidate.format,
    trainingData: {
      dataHash: made.dataHash,
      rows: rows.rows,
      fromMs: made.interval.fromMs,
      untilMs: made.interval.untilMs,
      logOffset: made.logOffset,
      definitionHashes: made.definitionHashes,
      seed: made.seed,
    },
    codeCommit: code.commit,
    isCodeDirty: code.isDirty,
    hyperparametersJson: content.hyperparametersJson,
    trainedAtMs: clock.epoch(),
    trainedBy,
    metrics: { ...content.metrics, train_ms: Math.round(content.trainMs) },
    signature: signatureOf(model.featureSet),
    resources: resourcesOf(candidate.format, content.artifact.length),
    parentVersion,
    referenceProfileDigest: digestOf(content.profile),
    goldenRequestsDigest: digestOf(content.golden),
    trainingManifestDigest: digestOf(manifest),
    evaluationDigest: digestOf(content.evaluation),
    environment: content.environment,
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
