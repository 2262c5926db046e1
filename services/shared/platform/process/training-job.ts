import type { SetEvaluation } from '../../compute/evaluation-file.ts';
import { type Code, codes } from '../../kernel/code.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { type Reason, reasons } from '../../kernel/reason.ts';
import { type TlsSettings, tlsSettingsIn } from './tls-settings.ts';

/** The environment variable in which the training job finds its configuration, as JSON. */
export const trainingJobVariable = 'MLMESH_TRAINING';

/** Everything that a training job is told when it starts. */
export interface TrainingJobConfig {
  /** Absolute path of the bundled module that exports `mesh`. */
  readonly meshModule: string;
  /** Name of the model to train. */
  readonly model: string;
  /** Where the feature service listens: `host:port`. */
  readonly featureAddress: string;
  /** Where the registry listens: `host:port`. */
  readonly registryAddress: string;
  /** What the job proves itself with: that of whoever runs it. */
  readonly tls?: TlsSettings | undefined;
  /** Who runs the training, for the provenance. */
  readonly trainedBy: string;
  /** Version that is to be made again and compared; 0 means that the candidates are trained and registered. */
  readonly reproducedVersion: number;
}

/** One version that a job registered. */
export interface TrainedVersion {
  readonly version: number;
  /** Part that the pipeline names it for. */
  readonly alias: string;
  readonly kind: string;
  readonly format: string;
  /** SHA-256 of the artifact, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  /** By name; finite numbers. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How good it is on each set that it has not learnt from. */
  readonly evaluated: readonly SetEvaluation[];
}

/** Something that was recorded of a version and made again. */
export interface ReproducedItem {
  readonly what: string;
  readonly recorded: string;
  readonly reproduced: string;
  readonly isEqual: boolean;
}

/** Where a data set that was made again is not what it was. */
export interface SetDifference {
  /** What the set is for: train, validate or test. */
  readonly set: string;
  /** Features that differ; `id` stands for other rows, `label` for labels. */
  readonly columns: readonly string[];
  /** Stretches of time, [fromMs, untilMs) in epoch ms. */
  readonly parts: readonly {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly columns: readonly string[];
    readonly rowsRecorded: number;
    readonly rowsNow: number;
  }[];
  readonly rowsChanged: number;
  readonly rowsMissing: number;
  readonly rowsNew: number;
  /** The first row that is changed or new; absent where rows are only missing. */
  readonly firstRow?:
    | {
        /** In canonical order, from 0. */
        readonly row: number;
        readonly atMs: number;
        readonly eventId: string;
        readonly kind: 'changed' | 'new';
      }
    | undefined;
}

/** What came of making a version again. */
export interface ReproductionResult {
  readonly model: string;
  readonly version: number;
  /** Of the registered version, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  readonly isReproduced: boolean;
  readonly items: readonly ReproducedItem[];
  readonly differences: readonly SetDifference[];
  /** What is not as it was when it was trained, for people. */
  readonly notes: readonly string[];
}

/** What a training job tells the process that started it, over the IPC channel. */
export type TrainingMessage =
  | {
      readonly kind: 'progress';
      /** What is under way, such as `train production`. */
      readonly stage: string;
      readonly done: number;
      /** 0 when unknown. */
      readonly total: number;
      /** For people. */
      readonly detail: string;
    }
  | {
      readonly kind: 'finished';
      readonly versions: readonly TrainedVersion[];
      /** Each alias that moved, with its version, in the order of the moves. */
      readonly moves: readonly { readonly alias: string; readonly version: number }[];
    }
  | ({ readonly kind: 'reproduced' } & ReproductionResult)
  | {
      readonly kind: 'failed';
      readonly code: Code;
      readonly reason: Reason;
      readonly message: string;
    };

/**
 * Parses the configuration of a training job.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG naming the first field that is wrong.
 */
export function parseTrainingJobConfig(text: string | undefined): TrainingJobConfig {
  if (text === undefined) {
    throw invalid(
      `wanted the environment variable ${trainingJobVariable}, got none; run \`mlmesh train\``,
    );
  }
  const fields = parseObject(text);
  const textAt = (name: string): string => {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return value;
    throw invalid(
      `wanted a text in field '${name}' of ${trainingJobVariable}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
    );
  };
  return {
    meshModule: textAt('meshModule'),
    model: textAt('model'),
    featureAddress: textAt('featureAddress'),
    registryAddress: textAt('registryAddress'),
    ...tlsSettingsIn(fields),
    trainedBy: textAt('trainedBy'),
    reproducedVersion: versionOf(fields['reproducedVersion']),
  };
}

function versionOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(
    `wanted a version, or 0, in field 'reproducedVersion' of ${trainingJobVariable}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
  );
}

/** Reads what came over the channel; gives undefined for what is not a {@link TrainingMessage}. */
export function parseTrainingMessage(value: unknown): TrainingMessage | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  const message = value as TrainingMessage; // the other end runs the same code; kinds and reasons guard against strangers
  switch (message.kind) {
    case 'progress':
      return Number.isFinite(message.done) && Number.isFinite(message.total) ? message : undefined;
    case 'finished':
      return Array.isArray(message.versions) && Array.isArray(message.moves) ? message : undefined;
    case 'reproduced':
      return Array.isArray(message.items) && Array.isArray(message.differences)
        ? message
        : undefined;
    case 'failed':
      return message.code in codes && reasons.includes(message.reason) ? message : undefined;
  }
  return undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`wanted JSON in ${trainingJobVariable}: ${messageOf(error)}`, error);
  }
  if (typeof value !== 'object' || value === null) {
    throw invalid(`wanted an object in ${trainingJobVariable}`);
  }
  return Object.fromEntries(Object.entries(value));
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
