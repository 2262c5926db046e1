import { createHash } from 'node:crypto';
import type { DataType } from '../../services/shared/compute/tensor/data-type.ts';
import type { TensorSpec } from '../../services/shared/compute/tensor/tensor.ts';
import {
  integerField,
  message,
  messageField,
  type ProtoField,
  textField,
} from '../../services/training/core/proto-bytes.ts';

/** A model that gives each input back, under the name of its output. */
export interface IdentityModel {
  readonly bytes: Uint8Array;
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly format: 'onnx';
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** Numbers of ONNX for each datatype that ONNX Runtime has for JavaScript. @source https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto3 TensorProto.DataType */
const onnxTypes: Readonly<Record<Exclude<DataType, 'BF16'>, number>> = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
};

/** Datatypes that an identity model can have. */
export const identityTypes = Object.keys(onnxTypes) as (keyof typeof onnxTypes)[];

/** Writes a model of one Identity node an input, `x_fp32` to `y_fp32` and so on; -1 is of any size. */
export function identityModel(
  types: readonly (keyof typeof onnxTypes)[],
  shape: readonly number[],
): IdentityModel {
  const tensors = types.map((dataType) => ({
    dataType,
    input: `x_${dataType.toLowerCase()}`,
    output: `y_${dataType.toLowerCase()}`,
  }));
  const bytes = message([
    integerField(1, 8), // IR version
    textField(2, 'mlmesh'),
    messageField(7, [
      ...tensors.map(({ input, output }) =>
        messageField(1, [textField(1, input), textField(2, output), textField(4, 'Identity')]),
      ),
      textField(2, 'identity'),
      ...tensors.map(({ input, dataType }) =>
        messageField(11, valueInfo(input, onnxTypes[dataType], shape)),
      ),
      ...tensors.map(({ output, dataType }) =>
        messageField(12, valueInfo(output, onnxTypes[dataType], shape)),
      ),
    ]),
    messageField(8, [integerField(2, 17)]), // opset
  ]);
  return {
    bytes,
    digest: createHash('sha256').update(bytes).digest('hex'),
    format: 'onnx',
    inputs: tensors.map(({ input, dataType }) => ({ name: input, dataType, shape })),
    outputs: tensors.map(({ output, dataType }) => ({ name: output, dataType, shape })),
  };
}

function valueInfo(name: string, type: number, shape: readonly number[]): readonly ProtoField[] {
  const dims = shape.map((size, at) =>
    messageField(1, [size === -1 ? textField(2, `d${at}`) : integerField(1, size)]),
  );
  return [
    textField(1, name),
    messageField(2, [messageField(1, [integerField(1, type), messageField(2, dims)])]),
  ];
}
