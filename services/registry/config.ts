import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { readWholeOptions, type WholeOption } from '../shared/platform/process/whole-options.ts';

/** Settings of the registry, each an option of the same name. */
export interface RegistryConfig {
  /** Bytes of an artifact. Default 512 MiB, the same as the prediction service takes. */
  readonly artifactBytesMax: number;
  /** Uploads at the same time. Default 4: each keeps a file open and a disk busy. */
  readonly uploadsMax: number;
  /** Watchers at the same time. Default 256: every router and prediction process holds one. */
  readonly watchersMax: number;
}

const settings: Readonly<Record<keyof RegistryConfig, WholeOption>> = {
  artifactBytesMax: { preset: 512 * 1024 * 1024, min: 1, max: 2 ** 31 - 1 },
  uploadsMax: { preset: 4, min: 1, max: 1_024 },
  watchersMax: { preset: 256, min: 1, max: 65_536 },
};

/**
 * Reads the settings out of the options of the process.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when one is no whole number inside its range.
 */
export function readRegistryConfig(options: ServiceConfig['options']): RegistryConfig {
  return readWholeOptions('registry', settings, options);
}
