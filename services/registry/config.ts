import { MeshError } from '../shared/kernel/mesh-error.ts';
import { faultOfSteps, type RampPolicy } from '../shared/kernel/ramp-policy.ts';
import { checkedEnvironment, type Environment } from '../shared/platform/process/environment.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { readWholeOptions, type WholeOption } from '../shared/platform/process/whole-options.ts';
import { checkedRegistryStore, lmdbRegistry } from '../shared/platform/store/registry-choice.ts';

/** Settings of the registry, each an option of the same name. */
export interface RegistryConfig extends RegistryCounts {
  /** Where the log lives: `lmdb`, in the data directory, or the URL of a Postgres. Default `lmdb`. */
  readonly registryStore: string;
  /**
   * SHA-256 of the policy of each model, a JSON object by the model's name: what was tried under another one does not count any more. Default
   * `{}`, where none is compared.
   */
  readonly policyDigests: ReadonlyMap<string, string>;
  /**
   * How the canary of each model gets its traffic, a JSON object by the model's name: `{ "steps": [0.01, 1], "holdForMs": 60000 }`. A model that is not in it has
   * the default ramp. Default `{}`.
   */
  readonly ramps: ReadonlyMap<string, RampPolicy>;
  /** `development` takes versions of code with changes beside its commit, `production` refuses them. Default `development`. */
  readonly environment: Environment;
  /** Path of the private key that versions are signed with, in PEM. By default one in the data directory, which the first start makes. */
  readonly signingKey: string | undefined;
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
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when one is no whole number inside its range, the store is none, or the digests are not some.
 */
export function readRegistryConfig(options: ServiceConfig['options']): RegistryConfig {
  return {
    ...readWholeOptions('registry', settings, options),
    registryStore: checkedRegistryStore(options['registryStore'] ?? lmdbRegistry),
    policyDigests: parsePolicyDigests(options['policyDigests'] ?? '{}'),
    ramps: parseRamps(options['ramps'] ?? '{}'),
    environment: checkedEnvironment(options['environment'] ?? 'development'),
    signingKey: pathOption(options['signingKey']),
  };
}

function pathOption(option: string | number | boolean | undefined): string | undefined {
  if (option === undefined || (typeof option === 'string' && option !== '')) return option;
  throw invalidOption(`wanted the path of a file as option 'signingKey' of the registry`);
}

function parsePolicyDigests(option: string | number | boolean): ReadonlyMap<string, string> {
  const wanted = `wanted a JSON object of SHA-256 digests in option 'policyDigests' of the registry`;
  const digests = new Map<string, string>();
  for (const [model, digest] of entriesOf(option, wanted)) {
    if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) {
      throw invalidOption(`${wanted}, got another value for '${model}'`);
    }
    digests.set(model, digest);
  }
  return digests;
}

function parseRamps(option: string | number | boolean): ReadonlyMap<string, RampPolicy> {
  const wanted = `wanted a JSON object of ramps in option 'ramps' of the registry`;
  const ramps = new Map<string, RampPolicy>();
  for (const [model, value] of entriesOf(option, wanted)) {
    const ramp = rampIn(value);
    const fault = ramp === undefined ? 'no steps, or no holdForMs' : faultOfSteps(ramp.steps);
    if (ramp === undefined || fault !== undefined) {
      throw invalidOption(`${wanted}, got another value for '${model}': ${fault}`);
    }
    ramps.set(model, ramp);
  }
  return ramps;
}

function rampIn(value: unknown): RampPolicy | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { steps, holdForMs } = value as { readonly steps?: unknown; readonly holdForMs?: unknown };
  if (!Array.isArray(steps) || typeof holdForMs !== 'number' || !(holdForMs >= 0)) return undefined;
  return { steps: steps.map(Number), holdForMs };
}

function entriesOf(
  option: string | number | boolean,
  wanted: string,
): readonly (readonly [string, unknown])[] {
  try {
    const value: unknown = JSON.parse(String(option));
    return typeof value === 'object' && value !== null ? Object.entries(value) : [['', value]];
  } catch (cause) {
    throw invalidOption(`${wanted}, got no JSON`, cause);
  }
}

function invalidOption(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
