import { availableParallelism } from 'node:os';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import {
  type ProviderWish,
  providerWishes,
} from '../shared/platform/inference/execution-provider.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { readWholeOptions, type WholeOption } from '../shared/platform/process/whole-options.ts';

/** Settings of the prediction service, each an option of the same name. */
export interface PredictionConfig {
  /** Rows of one native call. Default 1024, the largest batch of the contract: a small model costs the same for 1 row and for 32. */
  readonly callRowsMax: number;
  /** Milliseconds that a lone request waits for company, where its budget allows. Default 0: what queues while a call runs shares the next, and nobody waits for a timer. */
  readonly batchDelayMs: number;
  /** Native calls at the same time over all models. Default one a core; one is kept from shadows, so 2 is the least. */
  readonly callsMax: number;
  /** Rows that may wait for one version. Default 4096: about 50 ms of a small model under full load. */
  readonly queueRowsMax: number;
  /** Rows of shadows that may wait for one version. Default 1024. */
  readonly shadowQueueRowsMax: number;
  /** Worker threads of one version. Default 1: other versions take the other cores. */
  readonly threadsPerServable: number;
  /** Bytes of memory of the versions that are hosted, as their provenance states it for each thread. Default 4 GiB. What aliases point to comes first; of what is loaded by request the least recently used makes room. */
  readonly memoryBytesMax: number;
  /** Milliseconds that a request of the inference protocol may take whose caller names no shorter time. Default 30000, which every other call has as well. */
  readonly requestMsMax: number;
  /** Bytes of the inputs of what may wait for one version. Default 64 MiB. */
  readonly queueBytesMax: number;
  /** Bytes of the inputs of one native call; a larger request goes alone. Default 32 MiB. */
  readonly callBytesMax: number;
  /** Versions that are hosted. Default 128: each is a thread with its weights. */
  readonly servablesMax: number;
  /** A native call that takes longer than this many milliseconds is stuck. Default 10000: two hundred times the budget of a model. */
  readonly stuckMsMax: number;
  /** Bytes of an artifact. Default 512 MiB. */
  readonly artifactBytesMax: number;
}

const settings: Readonly<Record<keyof PredictionConfig, WholeOption>> = {
  callRowsMax: { preset: 1_024, min: 1, max: 65_536 },
  batchDelayMs: { preset: 0, min: 0, max: 1_000 },
  callsMax: { preset: Math.max(2, availableParallelism()), min: 2, max: 256 },
  queueRowsMax: { preset: 4_096, min: 1_024, max: 1_048_576 },
  shadowQueueRowsMax: { preset: 1_024, min: 1_024, max: 1_048_576 },
  threadsPerServable: { preset: 1, min: 1, max: 64 },
  memoryBytesMax: { preset: 4 * 1024 ** 3, min: 1, max: Number.MAX_SAFE_INTEGER },
  requestMsMax: { preset: 30_000, min: 1, max: 600_000 },
  queueBytesMax: { preset: 64 * 1024 ** 2, min: 16 * 1024 ** 2, max: Number.MAX_SAFE_INTEGER },
  callBytesMax: { preset: 32 * 1024 ** 2, min: 1, max: Number.MAX_SAFE_INTEGER },
  servablesMax: { preset: 128, min: 1, max: 1_024 },
  stuckMsMax: { preset: 10_000, min: 100, max: 600_000 },
  artifactBytesMax: { preset: 512 * 1024 * 1024, min: 1, max: 2 ** 31 - 1 },
};

/**
 * Reads the settings out of the options of the process.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when one is unknown, or no whole number inside its range.
 */
export function readPredictionConfig(options: ServiceConfig['options']): PredictionConfig {
  const known = [...Object.keys(settings), ...textOptions];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return readWholeOptions('prediction', settings, options);
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `the prediction service has no option ${unknown}; wanted one of ${known.join(', ')}`,
  });
}

/** Options that are no whole numbers. */
const textOptions = ['executionProvider', 'trustedKey'] as const;

/**
 * Reads the option `executionProvider`, where ONNX Runtime runs models: `auto` (the default: CUDA where a model runs on it, else
 * the CPU), `cpu` or `cuda`.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when it is something else.
 */
export function readProviderWish(options: ServiceConfig['options']): ProviderWish {
  const { executionProvider = 'auto' } = options;
  const found = providerWishes.find((wish) => wish === executionProvider);
  if (found !== undefined) return found;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted one of ${providerWishes.join(', ')} as option executionProvider of the prediction service, got ${String(executionProvider)}`,
  });
}
