import type { DataType as WireType } from '../../gen/inference/DataType.ts';
import type { ModelConfig } from '../../gen/inference/ModelConfig.ts';
import type {
  ModelMetadataResponse,
  _inference_ModelMetadataResponse_TensorMetadata as TensorMetadata,
} from '../../gen/inference/ModelMetadataResponse.ts';
import type { DataType } from '../../shared/compute/tensor/data-type.ts';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import type { ServableSpec } from '../core/servable-spec.ts';
import type { DescribedVersion } from './v2-models.ts';
import { priorityLevels } from './v2-parameters.ts';

/** How this process hosts every version. */
export interface HostingLimits {
  /** Rows of one native call at most. */
  readonly callRowsMax: number;
  /** Longest wait of a lone request for company, milliseconds. */
  readonly batchDelayMs: number;
  /** Rows that may wait for one version. */
  readonly queueRowsMax: number;
  /** Longest duration of a request that names no shorter one, milliseconds. */
  readonly requestMsMax: number;
  /** Threads of one version. */
  readonly threads: number;
}

const microsPerMs = 1_000;

/** Names of the formats that a registry holds, as clients of the protocol know them. */
const platforms: ReadonlyMap<string, string> = new Map([
  ['onnx', 'onnxruntime_onnx'],
  ['tfjs', 'tensorflow_tfjs'],
  ['saved-model', 'tensorflow_savedmodel'],
]);

const configTypes: Readonly<Record<DataType, WireType>> = {
  BOOL: 'TYPE_BOOL',
  UINT8: 'TYPE_UINT8',
  UINT16: 'TYPE_UINT16',
  UINT32: 'TYPE_UINT32',
  UINT64: 'TYPE_UINT64',
  INT8: 'TYPE_INT8',
  INT16: 'TYPE_INT16',
  INT32: 'TYPE_INT32',
  INT64: 'TYPE_INT64',
  FP16: 'TYPE_FP16',
  FP32: 'TYPE_FP32',
  FP64: 'TYPE_FP64',
  BYTES: 'TYPE_STRING',
  BF16: 'TYPE_BF16',
};

/** Gives what a version takes and gives; the batch is the first dimension. */
export function modelMetadata(
  { spec }: DescribedVersion,
  versions: readonly number[],
): ModelMetadataResponse {
  return {
    name: spec.model,
    versions: versions.map(String),
    platform: platformOf(spec),
    inputs: spec.inputs.map(tensorMetadata),
    outputs: spec.outputs.map(tensorMetadata),
  };
}

/** Gives how a version is hosted; where it batches, shapes are without the batch. */
export function modelConfig(
  { spec, backend }: DescribedVersion,
  limits: HostingLimits,
): ModelConfig {
  const isBatched = spec.batchRowsMax > 0;
  const rowsMax = isBatched ? Math.min(spec.batchRowsMax, limits.callRowsMax) : 0;
  const dimsOf = ({ shape }: TensorSpec) => [...(isBatched ? shape.slice(1) : shape)];
  const typeOf = ({ dataType }: TensorSpec) => configTypes[dataType];
  const isGpu = backend.includes('cuda') || backend.includes('gpu');
  const config: ModelConfig = {
    name: spec.model,
    platform: platformOf(spec),
    backend: spec.artifactFormat === 'onnx' ? 'onnxruntime' : 'tensorflow',
    runtime: backend,
    versionPolicy: { specific: { versions: [spec.version] } },
    maxBatchSize: rowsMax,
    input: spec.inputs.map((tensor) => ({
      name: tensor.name,
      dataType: typeOf(tensor),
      dims: dimsOf(tensor),
    })),
    output: spec.outputs.map((tensor) => ({
      name: tensor.name,
      dataType: typeOf(tensor),
      dims: dimsOf(tensor),
    })),
    instanceGroup: [
      {
        name: `${spec.model}_${spec.version}`,
        kind: isGpu ? 'KIND_GPU' : 'KIND_CPU',
        count: limits.threads,
        gpus: isGpu ? [0] : [],
      },
    ],
    parameters: { artifact_digest: { stringValue: spec.artifactDigest } },
  };
  return isBatched ? { ...config, dynamicBatching: batching(limits) } : config;
}

function batching({ batchDelayMs, queueRowsMax, requestMsMax }: HostingLimits) {
  return {
    maxQueueDelayMicroseconds: batchDelayMs * microsPerMs,
    // Answers of one stream keep the order of its requests.
    preserveOrdering: true,
    priorityLevels,
    defaultPriorityLevel: 1,
    defaultQueuePolicy: {
      timeoutAction: 'REJECT' as const,
      defaultTimeoutMicroseconds: requestMsMax * microsPerMs,
      allowTimeoutOverride: true,
      maxQueueSize: queueRowsMax,
    },
  };
}

function tensorMetadata({ name, dataType, shape }: TensorSpec): TensorMetadata {
  return { name, datatype: dataType, shape: [...shape] };
}

function platformOf({ artifactFormat }: ServableSpec): string {
  return platforms.get(artifactFormat) ?? artifactFormat;
}
