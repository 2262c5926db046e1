import type { ModelStreamInferResponse } from '../../../gen/inference/ModelStreamInferResponse.ts';
import { codes } from '../../kernel/code.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';

/** Gives the answer of a stream to a request that failed: the text for people, and for programs whose it is, with code and reason. */
export function streamError(
  error: MeshError,
  request: { readonly id: string; readonly modelName: string; readonly modelVersion: string },
): ModelStreamInferResponse {
  const { id, modelName, modelVersion } = request;
  return {
    errorMessage: error.message,
    inferResponse: {
      id,
      modelName,
      modelVersion,
      parameters: {
        error_code: { int64Param: codes[error.code] },
        error_reason: { stringParam: error.reason },
      },
    },
  };
}
