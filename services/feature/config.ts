import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { checkedOnlineStore, lmdbOnline } from '../shared/platform/store/online-choice.ts';

/** Settings of the feature service; options of the service configuration by the same names override the defaults. */
export interface FeatureConfig {
  /** Folder of log, states and warehouse. */
  readonly dataFolder: string;
  readonly meshModule: string;
  /** Sources with a relative path are looked up from here: the option `meshFolder`, or where the process runs. */
  readonly meshFolder: string;
  /** Where the online state lives: `lmdb`, in the data folder, or the URL of a Redis. */
  readonly onlineStore: string;
  /** Entities of one view whose states stay in memory. */
  readonly entitiesMax: number;
  /** Events that may wait for the log. */
  readonly waitingRowsMax: number;
  /** Events of one transaction of the log. */
  readonly transactionRowsMax: number;
  /** Pause between two checkpoints of the online state, in ms. */
  readonly checkpointMs: number;
  /** Online state keeps events for so many days beyond what its windows reach, for late questions. */
  readonly slackDays: number;
  /** Feature sets of earlier mesh files that are served beside those of this one; those used least recently go first. */
  readonly earlierSetsMax: number;
  /** An event whose time is ahead by more, of the clock and of the newest event of its source, is refused; ms. */
  readonly eventAheadMsMax: number;
  readonly duckdbThreadsMax: number;
  readonly duckdbMemoryMiB: number;
  /** Share of the entities whose answers are logged for the audit, 0 to 1: by their keys, so that whole entities are kept. */
  readonly answerRate: number;
  /** Answers that the log keeps; the oldest leave. 200 bytes each at 16 features. */
  readonly answersMax: number;
  /** Days for which the log keeps answers at most. */
  readonly answersKeepDays: number;
  /** Bytes on disk of the log of answers; the oldest leave. */
  readonly answersBytesMax: number;
  /** Answers that may wait to be logged; more are dropped and counted. */
  readonly answersWaitingMax: number;
  /** Threads that compute a training set. */
  readonly trainingThreads: number;
  /** Memory of events and examples that a training set works on at once, DuckDB's apart. */
  readonly trainingMemoryMiB: number;
}

const defaults = {
  entitiesMax: 200_000,
  // 16 batches of the largest size.
  waitingRowsMax: 65_536,
  transactionRowsMax: 16_384,
  // A restart applies at most what came in so long.
  checkpointMs: 2_000,
  slackDays: 15,
  // A day: a clock in another time zone passes, a wrong year does not.
  eventAheadMsMax: 86_400_000,
  duckdbThreadsMax: 2,
  duckdbMemoryMiB: 1_024,
  answersMax: 500_000,
  answersKeepDays: 90,
  answersBytesMax: 1_073_741_824,
  answersWaitingMax: 65_536,
  trainingThreads: availableParallelism(),
  // 3 million events of the flights take a quarter of it.
  trainingMemoryMiB: 1_024,
} as const;

/**
 * Reads the settings.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when an option is no whole number of 1 or more, or no online store.
 */
export function featureConfig(config: ServiceConfig): FeatureConfig {
  const { options } = config;
  const whole = (name: keyof typeof defaults): number => {
    const value = options[name] ?? defaults[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_CONFIG',
      message: `wanted a whole number of 1 or more as option '${name}' of the feature service, got ${String(value)}`,
    });
  };
  const meshFolder = options['meshFolder'];
  return {
    dataFolder: join(config.dataDirectory, 'feature'),
    meshModule: config.meshModule,
    meshFolder: typeof meshFolder === 'string' ? meshFolder : process.cwd(),
    onlineStore: checkedOnlineStore(options['onlineStore'] ?? lmdbOnline),
    entitiesMax: whole('entitiesMax'),
    waitingRowsMax: whole('waitingRowsMax'),
    transactionRowsMax: whole('transactionRowsMax'),
    checkpointMs: whole('checkpointMs'),
    slackDays: whole('slackDays'),
    earlierSetsMax: earlierSetsOption(options),
    eventAheadMsMax: whole('eventAheadMsMax'),
    duckdbThreadsMax: whole('duckdbThreadsMax'),
    duckdbMemoryMiB: whole('duckdbMemoryMiB'),
    answerRate: shareOption(options, 'answerRate', 1),
    answersMax: whole('answersMax'),
    answersKeepDays: daysOption(whole('answersKeepDays')),
    answersBytesMax: whole('answersBytesMax'),
    answersWaitingMax: whole('answersWaitingMax'),
    trainingThreads: whole('trainingThreads'),
    trainingMemoryMiB: whole('trainingMemoryMiB'),
  };
}

/** A hundred years: a time before 1970 is none. */
const daysMax = 36_500;

function daysOption(days: number): number {
  if (days <= daysMax) return days;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted a whole number from 1 to ${daysMax} as option 'answersKeepDays' of the feature service, got ${days}`,
  });
}

function earlierSetsOption(options: ServiceConfig['options']): number {
  // 8: a model that is retrained each week on changed features can go back two months.
  const value = options['earlierSetsMax'] ?? 8;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted a whole number of 0 or more as option 'earlierSetsMax' of the feature service, got ${String(value)}`,
  });
}

function shareOption(options: ServiceConfig['options'], name: string, byDefault: number): number {
  const value = options[name] ?? byDefault;
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted a share of 0 to 1 as option '${name}' of the feature service, got ${String(value)}`,
  });
}
