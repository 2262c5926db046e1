import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { serveInOrder } from '../../shared/platform/grpc/serve-in-order.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { unservedInference } from '../../shared/platform/grpc/unserved-inference.ts';
import type { ServableStatus } from '../hosting/servable-status.ts';
import { V2Infer, type V2InferParts } from './v2-infer.ts';
import { type HostingLimits, modelConfig, modelMetadata } from './v2-metadata.ts';
import { describedVersion, parseVersionText, versionOf } from './v2-models.ts';
import { type ModelRepository, repositoryIndex, versionsToMove } from './v2-repository.ts';
import { modelStatistics } from './v2-statistics.ts';

/** What the service of the protocol needs. */
export interface V2Parts extends V2InferParts {
  readonly limits: HostingLimits;
  readonly repository: ModelRepository;
  /** Version of this server. */
  readonly serverVersion: string;
}

/** Extensions of the protocol that are served, by their names there. */
const extensions = ['model_configuration', 'model_repository', 'schedule_policy', 'statistics'];

// As many as the largest window that a load generator keeps open; a request beyond it waits in its client.
const streamUnderWayMax = 256;

/** Gives the handlers of the open inference protocol. */
export function v2Handlers(parts: V2Parts): Handlers<'inference.GRPCInferenceService'> {
  const infer = new V2Infer(parts);
  const { models, limits, statistics, repository } = parts;
  return {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: repository.isReady }),
    modelReady: ({ name, version }) => ({ ready: isReady(parts, name, version) }),
    serverMetadata: () => ({ name: 'mlmesh', version: parts.serverVersion, extensions }),
    modelMetadata: ({ name, version }) =>
      modelMetadata(
        describedVersion(models, name, version),
        readyOf(models.statuses(name)).map((each) => each.version),
      ),
    modelConfig: ({ name, version }) => ({
      config: modelConfig(describedVersion(models, name, version), limits),
    }),
    modelStatistics: ({ name, version }) => ({
      modelStats: chosen(parts, name, version).map((each) =>
        modelStatistics(each, memoryBytesOf(each) * limits.threads, statistics),
      ),
    }),
    modelInfer: (request, call) => infer.run(request, call),
    modelStreamInfer: serveInOrder(
      (request, call) => infer.runInStream(request, call),
      streamUnderWayMax,
    ),
    repositoryIndex: ({ ready }) => ({
      models: repositoryIndex(models.statuses(undefined), ready),
    }),
    async repositoryModelLoad({ modelName, parameters }, { signal }) {
      for (const version of versionsOrAny(versionsToMove(parameters))) {
        await repository.load(modelName, version, signal);
      }
      return {};
    },
    async repositoryModelUnload({ modelName, parameters }, { signal }) {
      for (const version of versionsOrAny(versionsToMove(parameters))) {
        await repository.release(modelName, version, signal);
      }
      return {};
    },
    ...unservedInference(),
  };
}

function versionsOrAny(versions: readonly number[]): readonly (number | undefined)[] {
  return versions.length === 0 ? [undefined] : versions;
}

/** A model that nobody knows is not ready; that is no error. */
function isReady({ models }: V2Parts, model: string, text: string): boolean {
  const version = text === '' ? models.answeringVersion(model) : parseVersionText(text, 'version');
  return readyOf(models.statuses(model)).some((each) => each.version === version);
}

function readyOf(statuses: readonly ServableStatus[]): readonly ServableStatus[] {
  return statuses.filter(({ state }) => state === 'ready');
}

/** All versions where no model is named, all of a model where no version is, and else the one. */
function chosen({ models }: V2Parts, model: string, version: string): readonly ServableStatus[] {
  if (model === '') return models.statuses(undefined);
  const wanted = versionOf(models, model, version);
  const found = models.statuses(model);
  if (version === '') return found;
  const one = found.filter((each) => each.version === wanted);
  // Not hosted: the lane says why.
  if (one.length === 0) models.laneOf(model, wanted);
  return one;
}

function memoryBytesOf({ spec }: ServableStatus): number {
  return spec instanceof MeshError ? 0 : spec.memoryBytes;
}
