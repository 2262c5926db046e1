import type { ModelRepositoryParameter__Output } from '../../gen/inference/ModelRepositoryParameter.ts';
import type { _inference_RepositoryIndexResponse_ModelIndex as ModelIndex } from '../../gen/inference/RepositoryIndexResponse.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { invalidField } from '../../shared/platform/grpc/validate.ts';
import type { ServableState } from '../core/servable-state.ts';
import type { ServableStatus } from '../hosting/servable-status.ts';
import { parseVersionText } from './v2-models.ts';

type Parameters = Readonly<Record<string, ModelRepositoryParameter__Output>>;

/** Hosts what aliases point to, and versions that no alias asks for. */
export interface ModelRepository {
  /** Whether it is known what `production` points to, and all of it can answer. */
  readonly isReady: boolean;
  /**
   * Hosts a version, or the newest of its model, and waits until it is ready.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; what its load fails with; RESOURCE_EXHAUSTED / MEMORY_FULL.
   */
  load(model: string, version: number | undefined, signal: AbortSignal): Promise<void>;
  /**
   * Takes a version down that was loaded so, or all of its model.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; FAILED_PRECONDITION / VERSION_IN_USE.
   */
  release(model: string, version: number | undefined, signal: AbortSignal): Promise<void>;
}

/** How the protocol names where a version is in its life. */
const indexStates: Readonly<Record<ServableState, string>> = {
  new: 'LOADING',
  loading: 'LOADING',
  warming: 'LOADING',
  ready: 'READY',
  draining: 'UNLOADING',
  unloading: 'UNLOADING',
  unloaded: 'UNAVAILABLE',
  failed: 'UNAVAILABLE',
};

/** Gives where each version is; those that are ready only where that is asked. */
export function repositoryIndex(
  statuses: readonly ServableStatus[],
  isReadyOnly: boolean,
): ModelIndex[] {
  return statuses
    .filter(({ state }) => !isReadyOnly || state === 'ready')
    .map(({ model, version, state, error }) => ({
      name: model,
      version: String(version),
      state: indexStates[state],
      reason: error === undefined ? '' : `${error.reason}: ${error.message}`,
    }));
}

/**
 * Reads which versions a load or unload names: by the parameter `version`, or by the version policy of a `config` as Triton's clients send
 * it. An empty list leaves the choice to the repository.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD for files, and for settings that a version brings with it.
 */
export function versionsToMove(parameters: Parameters): readonly number[] {
  const versions: number[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    switch (name) {
      case 'version':
        versions.push(parseVersionText(textOf(parameter), 'parameters.version'));
        break;
      case 'config':
        versions.push(...versionsOfConfig(parameter.stringParam ?? ''));
        break;
      case 'unload_dependents':
        break;
      default:
        throw invalidField(
          `parameters.${name.slice(0, 64)}`,
          'version or config: artifacts come from the registry, not from a call',
          'it',
        );
    }
  }
  return versions;
}

function textOf({ stringParam, int64Param }: ModelRepositoryParameter__Output): string {
  return stringParam ?? int64Param ?? '';
}

function versionsOfConfig(text: string): readonly number[] {
  const field = 'parameters.config';
  const config = parseObject(text, field);
  const { version_policy: policy, name: _name, ...others } = config;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw invalidField(
      field,
      'nothing but version_policy: how a version is hosted is not set by a call',
      other.slice(0, 64),
    );
  }
  if (policy === undefined) return [];
  const { specific } = asObject(policy, field);
  const { versions } = asObject(specific, field);
  if (!Array.isArray(versions)) throw invalidField(field, 'specific versions', 'another policy');
  return versions.map((version) => parseVersionText(String(version), field));
}

function parseObject(text: string, field: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(text), field);
  } catch (error) {
    if (error instanceof MeshError) throw error;
    throw invalidField(field, 'a JSON object', 'none');
  }
}

function asObject(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw invalidField(field, 'a JSON object with version_policy.specific.versions', 'none');
}
