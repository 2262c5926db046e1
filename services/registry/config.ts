import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

/** Settings of the registry, each an option of the same name. */
export interface RegistryConfig {
  /** Bytes of an artifact. Default 512 MiB, the same as the prediction service takes. */
  readonly artifactBytesMax: number;
  /** Uploads at the same time. Default 4: each keeps a file open and a disk busy. */
  readonly uploadsMax: number;
  /** Watchers at the same time. Default 256: every router and prediction process holds one. */
  readonly watchersMax: number;
}

interface Setting {
  readonly preset: number;
  readonly min: number;
  readonly max: number;
}

const settings: Readonly<Record<keyof RegistryConfig, Setting>> = {
  artifactBytesMax: { preset: 512 * 1024 * 1024, min: 1, max: 2 ** 31 - 1 },
  uploadsMax: { preset: 4, min: 1, max: 1_024 },
  watchersMax: { preset: 256, min: 1, max: 65_536 },
};

/**
 * Reads the settings out of the options of the process.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when one is no whole number inside its range.
 */
export function readRegistryConfig(options: ServiceConfig['options']): RegistryConfig {
  const read = (name: keyof RegistryConfig) => readSetting(name, options[name]);
  return {
    artifactBytesMax: read('artifactBytesMax'),
    uploadsMax: read('uploadsMax'),
    watchersMax: read('watchersMax'),
  };
}

function readSetting(
  name: keyof RegistryConfig,
  value: string | number | boolean | undefined,
): number {
  const { preset, min, max } = settings[name];
  if (value === undefined) return preset;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted a whole number from ${min} to ${max} as option ${name} of the registry, got ${String(value)}`,
  });
}
