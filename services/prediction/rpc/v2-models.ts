import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { invalidField } from '../../shared/platform/grpc/validate.ts';
import type { InferLane } from '../core/infer-lane.ts';
import type { ServableSpec } from '../core/servable-spec.ts';
import type { ServableStatus } from '../hosting/servable-status.ts';

/** What this process hosts, as the protocol asks for it. */
export interface HostedModels {
  /** @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; UNAVAILABLE / MODEL_NOT_READY or WORKER_STUCK. */
  laneOf(model: string, version: number): InferLane;
  /** Gives all versions, or those of one model, by model and version. */
  statuses(model: string | undefined): readonly ServableStatus[];
  /** Gives the version that answers a request which names none; undefined for a model that is not hosted. O(1). */
  answeringVersion(model: string): number | undefined;
}

/**
 * Gives the number of a version as a request names it; an empty text is the one that answers for its model.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; INVALID_ARGUMENT / INVALID_FIELD for what is no number from 1.
 */
export function versionOf(models: HostedModels, model: string, text: string): number {
  if (text !== '') return parseVersionText(text, 'model_version');
  const version = models.answeringVersion(model);
  if (version !== undefined) return version;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `no version of a model '${model.slice(0, 64)}' is hosted; point the alias production at one, or load it`,
  });
}

/**
 * Reads the number of a version.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseVersionText(text: string, field: string): number {
  const version = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  if (version <= 2 ** 32 - 1) return version;
  throw invalidField(field, 'a number from 1, or nothing', `'${text.slice(0, 64)}'`);
}

/** One version and what it takes. */
export interface DescribedVersion {
  readonly spec: ServableSpec;
  /** Runtime; empty before it is open. */
  readonly backend: string;
}

/** Gives one version and what it takes. @throws {MeshError} as {@link versionOf} and {@link HostedModels.laneOf} */
export function describedVersion(
  models: HostedModels,
  model: string,
  text: string,
): DescribedVersion {
  const version = versionOf(models, model, text);
  const status = models.statuses(model).find((each) => each.version === version);
  // What is not hosted has no lane either, which says why.
  const spec = status?.spec ?? models.laneOf(model, version).spec;
  if (spec instanceof MeshError) throw spec;
  return { spec, backend: status?.backend ?? '' };
}
