import type { TrainingManifest__Output } from '../../gen/mlmesh/feature/v1/TrainingManifest.ts';
import type { TrainingRows__Output } from '../../gen/mlmesh/feature/v1/TrainingRows.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { isWellFormed, joinParts, type RowsPart } from '../core/rows-part.ts';
import type { OnStepProgress, TrainingSet, TrainingSetQuery, TrainingSetSource } from '../ports.ts';

// 30 min: far above what 10 million rows take; a job that hangs longer than that is to fail.
const buildMsMax = durationMs(1_800_000);
// 4 GiB of features: what one Float32Array can be on every supported Node.
const rowsMax = 50_000_000;

/** Gets training sets from the feature service. */
export class GrpcTrainingSets implements TrainingSetSource {
  readonly #features: ServiceClient<'mlmesh.feature.v1.FeatureService'>;

  constructor(features: ServiceClient<'mlmesh.feature.v1.FeatureService'>) {
    this.#features = features;
  }

  /**
   * Gives the rows and the manifest of a training set.
   * @throws {MeshError} what the feature service says; DATA_LOSS / TRAINING_FAILED when the stream ends before its manifest or a
   * part is malformed; RESOURCE_EXHAUSTED / TRAINING_FAILED above 50 million rows.
   */
  async build(
    { model, interval, segmentColumns, mode, ...choice }: TrainingSetQuery,
    onProgress: OnStepProgress,
    signal: AbortSignal,
  ): Promise<TrainingSet> {
    const request = {
      model,
      ...interval,
      ...choice,
      segmentColumns: [...segmentColumns],
      mode: wireModes[mode],
    };
    const stream = this.#features.buildTrainingSet(request, { timeoutMs: buildMsMax, signal });
    const parts: RowsPart[] = [];
    let rows = 0;
    for await (const { progress, rows: part, manifest } of stream) {
      if (progress) {
        const { stage, done, total } = progress;
        onProgress({ done, total, detail: stage });
      }
      if (part) {
        rows += part.rows;
        if (rows > rowsMax) throw tooMany(model);
        parts.push(rowsPartOf(part));
        onProgress({ done: rows, total: choice.rowsMax, detail: 'rows received' });
      }
      if (manifest) return trainingSetOf(parts, manifest, segmentColumns);
    }
    throw dataLoss(
      `wanted the manifest of a training set for '${model}', got the end of the stream`,
    );
  }
}

const wireModes = {
  'as-served': 'TRAINING_SET_MODE_AS_SERVED',
  'as-corrected': 'TRAINING_SET_MODE_AS_CORRECTED',
  'as-logged': 'TRAINING_SET_MODE_AS_LOGGED',
} as const satisfies Record<TrainingSetQuery['mode'], string>;

function trainingSetOf(
  parts: readonly RowsPart[],
  manifest: TrainingManifest__Output,
  segmentColumns: readonly string[],
): TrainingSet {
  const columns = manifest.definitionHashes.length;
  for (const [index, part] of parts.entries()) {
    if (!isWellFormed(part, columns, segmentColumns.length)) {
      throw dataLoss(
        `wanted ${part.rows} rows of ${columns} columns in part ${index}, got ${part.features.length} values, ${part.labels.length} labels, ${part.atMs.length} times and ${part.eventIds.length} ids`,
      );
    }
  }
  const rows = joinParts(parts, columns);
  if (rows.rows !== manifest.rows) {
    throw dataLoss(`wanted ${manifest.rows} rows as the manifest says, got ${rows.rows}`);
  }
  const { fromMs, untilMs, featureSetHash, definitionHashes, dataHash, ...made } = manifest;
  const { logOffset, answersBefore, seed, computeVersion, sources } = made;
  const hashes = { featureSetHash, definitionHashes, dataHash };
  const logs = { logOffset, answersBefore };
  return {
    rows,
    manifest: { interval: { fromMs, untilMs }, ...logs, ...hashes, seed, computeVersion, sources },
    segments: segmentColumns.map((column, index) => ({
      column,
      values: parts.flatMap((part) => part.segments[index] ?? []),
    })),
  };
}

function rowsPartOf({
  rows,
  features,
  labels,
  atMs,
  eventIds,
  segments,
}: TrainingRows__Output): RowsPart {
  return {
    segments: segments.map(({ dictionary, codes }) =>
      Array.from(new Uint32Array(copied(codes, 4)), (code) => dictionary[code] ?? ''),
    ),
    rows,
    features: new Float32Array(copied(features, 4)),
    labels: new Float32Array(copied(labels, 4)),
    atMs: new Float64Array(copied(atMs, 8)),
    eventIds,
  };
}

/** Gives the bytes at offset 0 of a buffer of their own, as typed arrays want them; mlmesh runs on little-endian machines. */
function copied(bytes: Uint8Array, valueBytes: number): ArrayBuffer {
  if (bytes.length % valueBytes !== 0) {
    throw dataLoss(`wanted whole values of ${valueBytes} bytes, got ${bytes.length} bytes`);
  }
  return Uint8Array.from(bytes).buffer;
}

function dataLoss(message: string): MeshError {
  return new MeshError({ code: 'DATA_LOSS', reason: 'TRAINING_FAILED', message });
}

function tooMany(model: string): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'TRAINING_FAILED',
    message: `wanted at most ${rowsMax} rows for '${model}', got more; set trainRowsMax in its pipeline`,
  });
}
