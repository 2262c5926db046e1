import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { Expression } from '../../shared/compute/expression.ts';
import type { SetMode } from '../../shared/definition/pipeline.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { DataIndex } from './data-index.ts';

/** What a set is for. */
export type SetRole = 'train' | 'validate' | 'test';

/** What the data of a training were made of, so that they can be made again and compared part by part. */
export interface TrainingManifest {
  readonly model: string;
  /** How events became examples. */
  readonly examples: {
    readonly source: string;
    readonly at: string;
    readonly label: Expression;
  };
  readonly featureSetHash: string;
  /** Names of the features, in order. */
  readonly features: readonly string[];
  /** One for each feature; 64 hexadecimal digits. */
  readonly definitionHashes: readonly string[];
  /** Columns of the examples by which versions were measured too. */
  readonly segments: readonly string[];
  /** What the features may know. */
  readonly mode: SetMode;
  /** As logged: how much before its example an answer might have been given, ms; otherwise 0. */
  readonly answerAgeMaxMs: number;
  /** Train first, then validate, then test where there is one. */
  readonly sets: readonly SetManifest[];
}

/** One of the data sets. */
export interface SetManifest {
  readonly role: SetRole;
  /** Examples with t in [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** At most so many were chosen, by the seed. */
  readonly rowsMax: number;
  readonly seed: number;
  /** Log offset up to which events counted. */
  readonly logOffset: number;
  /** As logged: answers with a number below this counted; otherwise 0. */
  readonly answersBefore: number;
  readonly rows: number;
  /** SHA-256 of the canonical rows, 64 hexadecimal digits. */
  readonly dataHash: string;
  /** Version of the arithmetic. */
  readonly computeVersion: number;
  readonly sources: readonly SourceState[];
  readonly index: DataIndex;
}

/** What a source was when a set was made. */
export interface SourceState {
  readonly name: string;
  /** SHA-256 of its file; empty when its history was not imported. */
  readonly fileHash: string;
  /** SHA-256 of its definition; empty when its history was not imported. */
  readonly planHash: string;
}

const format = 'mlmesh-training-1';

/** Writes a manifest as canonical JSON. */
export function writeTrainingManifest(manifest: TrainingManifest): Uint8Array {
  return Buffer.from(canonicalJson({ format, ...manifest }));
}

/**
 * Reads a manifest that {@link writeTrainingManifest} wrote.
 * @throws {MeshError} DATA_LOSS / TRAINING_FAILED when it is something else
 */
export function readTrainingManifest(bytes: Uint8Array): TrainingManifest {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw unreadable(`no JSON: ${messageOf(cause)}`, cause);
  }
  if (typeof value !== 'object' || value === null || !('format' in value)) {
    throw unreadable('no manifest');
  }
  if (value.format !== format) throw unreadable(`format ${JSON.stringify(value.format)}`);
  // Its digest is part of signed provenance, and this format is written by the function above alone.
  const { format: _, ...manifest } = value as { readonly format: string } & TrainingManifest;
  return manifest;
}

function unreadable(what: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'TRAINING_FAILED',
    message: `wanted a training manifest of format '${format}', got ${what}; it was written by another mlmesh`,
    cause,
  });
}
