import { checkedEnvironment, type Environment } from '../shared/platform/process/environment.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { readWholeOptions, type WholeOption } from '../shared/platform/process/whole-options.ts';
import { checkedRegistryStore, lmdbRegistry } from '../shared/platform/store/registry-choice.ts';

/** Settings of the registry, each an option of the same name. */
export interface RegistryConfig extends RegistryCounts {
  /** Where the log lives: `lmdb`, in the data directory, or the URL of a Postgres. Default `lmdb`. */
  readonly registryStore: string;
  /** `development` takes versions of code with changes beside its commit, `production` refuses them. Default `development`. */
  readonly environment: Environment;
}

interface RegistryCounts {
  /** Bytes of an artifact. Default 512 MiB, the same as the prediction service takes. */
  readonly artifactBytesMax: number;
  /** Uploads at the same time. Default 4: each keeps a file open and a disk busy. */
  readonly uploadsMax: number;
  /** Watchers at the same time. Default 256: every router and prediction process holds one. */
  readonly watchersMax: number;
  /** Days for which what an alias has pointed to can be served again; 0 keeps all artifacts for ever. Default 0. */
  readonly keepDays: number;
  /** Milliseconds between two looks for what other registries have appended to a shared log. Default 100. */
  readonly refreshMs: number;
}

const settings: Readonly<Record<keyof RegistryCounts, WholeOption>> = {
  artifactBytesMax: { preset: 512 * 1024 * 1024, min: 1, max: 2 ** 31 - 1 },
  uploadsMax: { preset: 4, min: 1, max: 1_024 },
  watchersMax: { preset: 256, min: 1, max: 65_536 },
  // 100: a rollback that another registry took reaches every router well within a second.
  keepDays: { preset: 0, min: 0, max: 36_500 },
  refreshMs: { preset: 100, min: 1, max: 60_000 },
};

/**
 * Reads the settings out of the options of the process.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when one is no whole number inside its range, or the store is none.
 */
export function readRegistryConfig(options: ServiceConfig['options']): RegistryConfig {
  return {
    ...readWholeOptions('registry', settings, options),
    registryStore: checkedRegistryStore(options['registryStore'] ?? lmdbRegistry),
    environment: checkedEnvironment(options['environment'] ?? 'development'),
  };
}
