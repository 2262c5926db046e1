import type { InferParameter } from '../../gen/inference/InferParameter.ts';
import type { ModelInferRequest__Output } from '../../gen/inference/ModelInferRequest.ts';
import type {
  ModelInferResponse,
  ModelInferResponse__Output,
} from '../../gen/inference/ModelInferResponse.ts';
import { floatsOf } from '../../shared/compute/tensor/float-matrix.ts';
import type { FallbackRows, GivenAnswer } from '../predict/given-rows.ts';

const float32Bytes = 4;

/**
 * Gives the rows of a request for a model of rows: one FP32 input [rows, columns], raw or typed. Undefined for any other: the prediction
 * service says what is wrong with it.
 */
export function givenRowsOf(
  { inputs, rawInputContents }: ModelInferRequest__Output,
  columns: number,
): readonly Float32Array[] | undefined {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1 || input.datatype !== 'FP32') return undefined;
  const [count, width] = input.shape.map(Number);
  if (input.shape.length !== 2 || width !== columns || count === undefined) return undefined;
  const values = valuesOf(rawInputContents[0], input.contents?.fp32Contents);
  if (values === undefined || count === 0 || values.length !== count * columns) return undefined;
  return rowsOf(values, columns);
}

/** Gives the entity keys that a request names by string parameters; undefined where one is missing. */
export function givenKeysOf(
  { parameters }: ModelInferRequest__Output,
  joinKeys: readonly string[],
): readonly string[] | undefined {
  const keys = joinKeys.flatMap((name) => parameters[name]?.stringParam ?? []);
  return keys.length === joinKeys.length ? keys : undefined;
}

/** Gives the first output of each row of an answer, raw or typed; NaN where it is none of FP32. */
export function scoresOf(
  { outputs, rawOutputContents }: ModelInferResponse__Output,
  rows: number,
): readonly number[] {
  const [output] = outputs;
  const values =
    output?.datatype === 'FP32'
      ? valuesOf(rawOutputContents[0], output.contents?.fp32Contents)
      : undefined;
  const width = (values?.length ?? 0) / rows;
  return Array.from({ length: rows }, (_, row) => values?.[row * width] ?? Number.NaN);
}

/** Gives what an answer says of its tier, as its parameters. */
export function tierParameters(answer: GivenAnswer): Record<string, InferParameter> {
  const { tier, role, predictionId, skipped } = answer;
  const said = {
    tier: { stringParam: tier },
    role: { stringParam: role },
    prediction_id: { stringParam: predictionId },
  };
  return skipped === undefined ? said : { ...said, skipped: { stringParam: skipped } };
}

/**
 * Gives the answer of the fallback model, raw for raw and typed for typed; undefined where a request asks for an output that it does not
 * have.
 */
export function fallbackResponse(
  request: ModelInferRequest__Output,
  answer: GivenAnswer,
  { outputName, outputs: rows }: FallbackRows,
): ModelInferResponse | undefined {
  if (request.outputs.some(({ name }) => name !== outputName)) return undefined;
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) values.set(row, at * width);
  const output = { name: outputName, datatype: 'FP32', shape: [rows.length, width] };
  const isRaw = request.rawInputContents.length > 0;
  return {
    modelName: request.modelName,
    modelVersion: String(answer.version),
    id: request.id,
    parameters: tierParameters(answer),
    outputs: [isRaw ? output : { ...output, contents: { fp32Contents: [...values] } }],
    rawOutputContents: isRaw ? [Buffer.from(values.buffer)] : [],
  };
}

/** The bytes of a message are not aligned for floats. */
function valuesOf(
  raw: Buffer | undefined,
  typed: readonly number[] | undefined,
): Float32Array | undefined {
  if (raw === undefined) return typed === undefined ? undefined : Float32Array.from(typed);
  if (raw.length % float32Bytes !== 0) return undefined;
  return floatsOf({ dataType: 'FP32', shape: [], bytes: raw });
}

function rowsOf(values: Float32Array, columns: number): readonly Float32Array[] {
  return Array.from({ length: values.length / columns }, (_, row) =>
    values.subarray(row * columns, (row + 1) * columns),
  );
}
