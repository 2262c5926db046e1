import type { DataType } from './data-type.ts';

/** Gives the datatype of what TensorFlow.js calls `type`; undefined for what the mesh can't carry. */
export function dataTypeOfTf(type: string): DataType | undefined {
  switch (type) {
    case 'bool':
      return 'BOOL';
    case 'int32':
      return 'INT32';
    case 'float32':
      return 'FP32';
    case 'string':
      return 'BYTES';
    default:
      return undefined;
  }
}
