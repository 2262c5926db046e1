import { join } from 'node:path';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

/** Settings of the feature service; options of the service configuration by the same names override the defaults. */
export interface FeatureConfig {
  /** Folder of log, states and warehouse. */
  readonly dataFolder: string;
  readonly meshModule: string;
  /** Sources with a relative path are looked up from here: the option `meshFolder`, or where the process runs. */
  readonly meshFolder: string;
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
  /** An event whose time is ahead by more, of the clock and of the newest event of its source, is refused; ms. */
  readonly eventAheadMsMax: number;
  readonly duckdbThreadsMax: number;
  readonly duckdbMemoryMiB: number;
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
} as const;

/**
 * Reads the settings.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when an option is no whole number of 1 or more.
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
    entitiesMax: whole('entitiesMax'),
    waitingRowsMax: whole('waitingRowsMax'),
    transactionRowsMax: whole('transactionRowsMax'),
    checkpointMs: whole('checkpointMs'),
    slackDays: whole('slackDays'),
    eventAheadMsMax: whole('eventAheadMsMax'),
    duckdbThreadsMax: whole('duckdbThreadsMax'),
    duckdbMemoryMiB: whole('duckdbMemoryMiB'),
  };
}
