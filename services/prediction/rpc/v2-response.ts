import type { InferParameter } from '../../gen/inference/InferParameter.ts';
import type { InferTensorContents } from '../../gen/inference/InferTensorContents.ts';
import type { ModelInferRequest__Output } from '../../gen/inference/ModelInferRequest.ts';
import type {
  ModelInferResponse,
  _inference_ModelInferResponse_InferOutputTensor as OutputTensor,
} from '../../gen/inference/ModelInferResponse.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import type { TensorSignature } from '../../shared/compute/tensor/tensor-signature.ts';
import { decodeContents, hasTypedField } from '../../shared/compute/tensor/typed-contents.ts';
import type { InferOutcome } from '../core/infer-job.ts';
import type { InferLane } from '../core/infer-lane.ts';
import type { V2Parameters } from './v2-parameters.ts';

/** What an answer says of its request. */
export interface AnsweredRequest {
  readonly request: ModelInferRequest__Output;
  readonly lane: InferLane;
  readonly signature: TensorSignature;
  readonly parameters: V2Parameters;
  /** Outputs that were asked for, as places in the signature. */
  readonly picked: readonly number[];
  /** Whether the request carried bytes, so that the answer does. */
  readonly isRaw: boolean;
}

const microsPerMs = 1_000;

/**
 * Gives the answer: raw for raw and typed for typed, but raw where an output is FP16 or BF16, which have no typed form. Its parameters say
 * where it comes from: runtime, artifact, wait and run time in microseconds, rows of the native call.
 */
export function inferResponse(
  answered: AnsweredRequest,
  outcome: InferOutcome & { readonly kind: 'rows' },
): ModelInferResponse {
  const { request, lane, signature, picked } = answered;
  const { spec } = lane;
  const tensors = picked.map((index) => namedTensor(signature, outcome.outputs, index));
  const isRaw = answered.isRaw || tensors.some(({ tensor }) => !hasTypedField(tensor.dataType));
  return {
    modelName: spec.model,
    modelVersion: String(spec.version),
    id: request.id,
    parameters: parametersOf(answered, outcome),
    outputs: tensors.map(({ name, tensor }) => outputOf(name, tensor, isRaw)),
    rawOutputContents: isRaw ? tensors.map(({ tensor }) => bufferOf(tensor)) : [],
  };
}

interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

const nothing: Tensor = { dataType: 'FP32', shape: [0], bytes: new Uint8Array() };

function namedTensor(
  { outputs }: TensorSignature,
  tensors: readonly Tensor[],
  index: number,
): NamedTensor {
  return { name: outputs[index]?.name ?? '', tensor: tensors[index] ?? nothing };
}

function outputOf(name: string, tensor: Tensor, isRaw: boolean): OutputTensor {
  const { dataType: datatype, shape } = tensor;
  const output = { name, datatype, shape: [...shape] };
  return isRaw ? output : { ...output, contents: contentsOf(name, tensor) };
}

/** The codec writes the fields that are there. */
function contentsOf(name: string, tensor: Tensor): InferTensorContents {
  return decodeContents(name, tensor) as InferTensorContents;
}

function parametersOf(
  { lane, parameters }: AnsweredRequest,
  { queuedAt, call }: InferOutcome & { readonly kind: 'rows' },
): Record<string, InferParameter> {
  const said: Record<string, InferParameter> = {
    backend: { stringParam: call.backend },
    artifact_digest: { stringParam: lane.spec.artifactDigest },
    queue_us: { int64Param: Math.round((call.startedAt - queuedAt) * microsPerMs) },
    compute_us: { int64Param: Math.round((call.endedAt - call.startedAt) * microsPerMs) },
    call_rows: { int64Param: call.rows },
  };
  if (parameters.isFinalMarked) said['triton_final_response'] = { boolParam: true };
  return said;
}

function bufferOf({ bytes }: Tensor): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
