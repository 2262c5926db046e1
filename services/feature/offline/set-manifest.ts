import { computeVersion } from '../../shared/compute/plan.ts';
import type { TrainingSetHash } from '../../shared/compute/training-set-hash.ts';
import type { SourceManifest } from '../core/source-manifest.ts';
import type { SetMode, SetPlan } from './set-plan.ts';

/** What a set was made of, so that it can be made again. */
export interface SetManifest {
  readonly model: string;
  readonly mode: SetMode;
  /** Examples with t in [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rows: number;
  readonly rowsMax: number;
  readonly seed: number;
  /** Log offset up to which events were seen. */
  readonly logOffset: number;
  /** As logged: answers with a number below this counted, and how old they might be, ms; otherwise 0. */
  readonly answersBefore: number;
  readonly answerAgeMaxMs: number;
  /** As logged: examples that were left out because they have no answer. */
  readonly withoutAnswer: number;
  readonly computeVersion: number;
  readonly featureSetHash: string;
  /** Names and definitions of the columns, in order. */
  readonly columns: readonly string[];
  readonly definitionHashes: readonly string[];
  /** SHA-256 of the canonical rows; see hashTrainingSet. */
  readonly dataHash: string;
  /** One for each 8,192 rows: where two sets differ. */
  readonly leafHashes: readonly string[];
  /** The same hash over times, ids and labels alone: what was asked. */
  readonly spineHash: string;
  readonly sources: readonly SetSource[];
}

/** One source that examples or features come from. */
export interface SetSource {
  readonly name: string;
  /** SHA-256 of its file; empty when its history was not imported. */
  readonly fileHash: string;
  /** SHA-256 of its definition; empty when its history was not imported. */
  readonly planHash: string;
}

/** Says what a set was made of. */
export function setManifest(
  manifestOf: (source: string) => SourceManifest | undefined,
  { model, ...plan }: SetPlan,
  made: {
    readonly rows: number;
    readonly withoutAnswer: number;
    readonly data: TrainingSetHash;
    readonly spine: TrainingSetHash;
  },
): SetManifest {
  const { mode, fromMs, untilMs, rowsMax, seed, logOffset, answersBefore, answerAgeMaxMs } = plan;
  const { featureSet, pipeline } = model;
  const sources = new Set([pipeline.examples, ...featureSet.views.map((view) => view.source)]);
  return {
    model: featureSet.name,
    mode,
    fromMs,
    untilMs,
    rows: made.rows,
    rowsMax,
    seed,
    logOffset,
    answersBefore,
    answerAgeMaxMs,
    withoutAnswer: made.withoutAnswer,
    computeVersion,
    featureSetHash: featureSet.hash,
    columns: featureSet.columns.map((column) => column.name),
    definitionHashes: featureSet.columns.map((column) => column.hash),
    dataHash: made.data.root,
    leafHashes: made.data.leaves,
    spineHash: made.spine.root,
    sources: [...sources]
      .sort((left, right) => (left < right ? -1 : 1))
      .map((name) => setSource(manifestOf, name)),
  };
}

/** Says which file and definition a source has. */
export function setSource(
  manifestOf: (source: string) => SourceManifest | undefined,
  name: string,
): SetSource {
  const { sourceHash = '', planHash = '' } = manifestOf(name) ?? {};
  return { name, fileHash: sourceHash, planHash };
}
