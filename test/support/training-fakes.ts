import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { hashTrainingSet } from '../../services/shared/compute/training-set-hash.ts';
import type { MeshModel } from '../../services/shared/definition/mesh.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { CommandTrainer } from '../../services/training/adapters/command-trainer.ts';
import { TfjsTrainer } from '../../services/training/adapters/tfjs-trainer.ts';
import type { Provenance } from '../../services/training/core/provenance.ts';
import {
  runTraining,
  type TrainingPorts,
  type TrainingReport,
} from '../../services/training/pipeline.ts';
import type {
  AliasMove,
  AliasState,
  RecordedProvenance,
  Registry,
  SetDescription,
  TrainedVersion,
  TrainingSet,
  TrainingSetQuery,
  TrainingSetSource,
  VersionReader,
} from '../../services/training/ports.ts';
import { mesh } from './fake-trips-mesh.ts';

const dayMs = 86_400_000;

function tripModel(): MeshModel {
  const model = mesh.models['trip-late'];
  assert.ok(model);
  return model;
}

/** The model of the small mesh of trips. */
export const model: MeshModel = tripModel();
const { featureSet } = model;

/** A source whose rows depend on the query alone, with labels that lean on the first column. */
export class DrawnSets implements TrainingSetSource {
  readonly #change: (set: TrainingSet) => TrainingSet;

  constructor(change: (set: TrainingSet) => TrainingSet = (set) => set) {
    this.#change = change;
  }

  async build({ interval, rowsMax, seed, mode }: TrainingSetQuery): Promise<TrainingSet> {
    const random = seededRandom(seed ^ (interval.fromMs / dayMs));
    const columns = featureSet.columns.length;
    const features = Float32Array.from({ length: rowsMax * columns }, () => random.next() * 10);
    const rows = {
      rows: rowsMax,
      columns,
      features,
      labels: Float32Array.from({ length: rowsMax }, (_, row) =>
        (features[row * columns] ?? 0) + 3 * random.next() > 7 ? 1 : 0,
      ),
      atMs: Float64Array.from({ length: rowsMax }, (_, row) => interval.fromMs + row),
      eventIds: Array.from({ length: rowsMax }, (_, row) => `${row}`),
    };
    const manifest: SetDescription = {
      interval,
      logOffset: 42,
      answersBefore: mode === 'as-logged' ? 17 : 0,
      featureSetHash: featureSet.hash,
      definitionHashes: featureSet.columns.map(({ hash }) => hash),
      dataHash: hashTrainingSet(rows).root,
      seed,
      computeVersion: 2,
      sources: [{ name: 'trips', fileHash: '', planHash: '' }],
    };
    return this.#change({ rows, manifest, segments: [] });
  }
}

interface Kept {
  readonly provenance: Provenance;
  readonly artifact: Uint8Array;
}

/** Keeps versions and aliases by the registry's rules. */
export class KeptVersions implements Registry, VersionReader {
  readonly versions: Kept[] = [];
  readonly #blobs = new Map<string, Uint8Array>();
  readonly held = new Map<string, AliasState>();

  async aliases(): Promise<readonly AliasState[]> {
    return [...this.held.values()];
  }

  async register({ provenance, artifact, attachments }: TrainedVersion): Promise<number> {
    const digests = attachments.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    const named = [
      provenance.referenceProfileDigest,
      provenance.goldenRequestsDigest,
      provenance.trainingManifestDigest,
      provenance.evaluationDigest,
    ];
    assert.deepEqual(digests, named);
    for (const [at, bytes] of attachments.entries()) this.#blobs.set(digests[at] ?? '', bytes);
    return this.versions.push({ provenance, artifact });
  }

  async provenance(_model: string, version: number): Promise<RecordedProvenance> {
    return this.versions[version - 1]?.provenance ?? assert.fail(`no version ${version}`);
  }

  async blob(digest: string): Promise<Uint8Array> {
    return this.#blobs.get(digest) ?? assert.fail(`no blob ${digest}`);
  }

  async move({ alias, version, expectedGeneration }: AliasMove): Promise<void> {
    const current = this.held.get(alias);
    if ((current?.generation ?? 0) !== expectedGeneration) {
      throw new MeshError({ code: 'ABORTED', reason: 'ALIAS_MOVED', message: 'it has moved' });
    }
    if (alias === 'production' && current !== undefined) this.#set('previous', current.version);
    this.#set(alias, version);
  }

  #set(alias: string, version: number): void {
    const generation = (this.held.get(alias)?.generation ?? 0) + 1;
    this.held.set(alias, { alias, version, generation });
  }

  get positions(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.held].map(([alias, { version }]) => [alias, version]));
  }
}

/** Trains the model of trips, or another, by the fakes above. */
export function train(
  registry: Registry,
  change: Partial<TrainingPorts> = {},
  signal: AbortSignal = new AbortController().signal,
  trained = model,
): Promise<TrainingReport> {
  const ports = {
    source: new DrawnSets(),
    trainer: new TfjsTrainer(),
    external: new CommandTrainer(),
    registry,
    clock: systemClock,
    ...change,
  };
  const code = { commit: 'abc', isDirty: true };
  const onStage = () => () => undefined;
  const job = { model: trained, code, trainedBy: 'somebody' };
  return runTraining(job, ports, { onStage, signal });
}
