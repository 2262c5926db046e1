import type { ModelInferRequest } from '../services/gen/inference/ModelInferRequest.ts';
import type { ModelInferResponse } from '../services/gen/inference/ModelInferResponse.ts';
import { loadMethod } from '../services/shared/platform/grpc/load-proto.ts';
import { benchRows } from './bench-model.ts';

/** The method that is measured, as the contract names it. */
export const inferMethod = {
  service: 'inference.GRPCInferenceService',
  key: 'modelInfer',
  protoFile: 'inference/grpc_service.proto',
} as const;

/** Gives a request of rows for a model of float32 columns. */
export function rowsRequest(model: string, rows: number, columns: number): ModelInferRequest {
  return requestOf(model, 'features', [rows, columns]);
}

/** Gives a request of one image: 602,112 bytes of float32. */
export function imageRequest(model: string): ModelInferRequest {
  return requestOf(model, 'image', [1, 3, 224, 224]);
}

/** Gives an answer of one probability a row. */
export function probabilities(model: string, rows: number): ModelInferResponse {
  return {
    modelName: model,
    modelVersion: '1',
    outputs: [{ name: 'probability', datatype: 'FP32', shape: [rows, 1] }],
    rawOutputContents: [Buffer.from(new Float32Array(rows).fill(0.5).buffer)],
  };
}

/** Encodes a request. */
export function encodeRequest(request: ModelInferRequest): Buffer {
  return loadMethod(inferMethod.service, inferMethod.key).definition.requestSerialize(request);
}

function requestOf(model: string, name: string, shape: readonly number[]): ModelInferRequest {
  const elements = shape.reduce((product, size) => product * size, 1);
  return {
    modelName: model,
    inputs: [{ name, datatype: 'FP32', shape: [...shape] }],
    outputs: [{ name: 'probability' }],
    rawInputContents: [Buffer.from(benchRows(1, elements).buffer)],
  };
}
