import type { DataType } from './tensor/data-type.ts';
import type { TensorSpec } from './tensor/tensor.ts';
import type { TfjsArtifact } from './tfjs-artifact.ts';
import { corruptTfjs, recordOf } from './tfjs-weights.ts';

/** What a graph model takes and gives. */
export interface TfjsGraphSignature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** Datatypes of TensorFlow as tfjs holds them, by name and number. @source tfjs-converter 4.22.0, operation_mapper.ts, parseDtypeParam */
const dataTypes: ReadonlyMap<unknown, DataType> = new Map<unknown, DataType>(
  (
    [
      ['DT_FLOAT', 1, 'FP32'],
      ['DT_HALF', 19, 'FP32'],
      ['DT_DOUBLE', 2, 'FP32'],
      ['DT_INT32', 3, 'INT32'],
      ['DT_INT64', 9, 'INT32'],
      ['DT_INT8', 6, 'INT32'],
      ['DT_UINT8', 4, 'INT32'],
      ['DT_BOOL', 10, 'BOOL'],
      ['DT_STRING', 7, 'BYTES'],
    ] as const
  ).flatMap(([name, number, dataType]) => [
    [name, dataType],
    [number, dataType],
  ]),
);

/**
 * Operations whose results need a look at values, so that tfjs runs a graph that has one of them with executeAsync alone: control flow, shapes
 * that depend on values, and tables. @source tfjs-converter 4.22.0, model_analysis.ts
 */
const dynamicOperations: ReadonlySet<unknown> = new Set([
  ...['Switch', 'Merge', 'Enter', 'Exit', 'NextIteration', 'StatelessIf', 'StatelessWhile'],
  ...['if', 'While', 'NonMaxSuppressionV2', 'NonMaxSuppressionV3', 'NonMaxSuppressionV5', 'Where'],
  ...['HashTable', 'HashTableV2', 'LookupTableImport', 'LookupTableImportV2'],
  ...['LookupTableFind', 'LookupTableFindV2', 'LookupTableSize', 'LookupTableSizeV2'],
]);

/** Whether tfjs has to look at values while it runs a graph. */
export function isDynamicGraph({ modelTopology }: TfjsArtifact): boolean {
  const { node } = modelTopology;
  return Array.isArray(node) && node.some((each) => dynamicOperations.has(recordOf(each)?.['op']));
}

/**
 * Reads the signature of a graph model: names, datatypes as tfjs holds them, and shapes, -1 for a dimension that it does not tell and empty for a shape that it does not tell.
 * Tables, which a graph takes from its own initializer, are left out.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it has none, or a tensor of a datatype that tfjs does not carry
 */
export function readGraphSignature({ graph }: TfjsArtifact): TfjsGraphSignature {
  const signature = recordOf(graph?.userDefinedMetadata?.['signature']) ?? graph?.signature;
  const outputs = tensorsOf(signature?.['outputs']);
  if (outputs.length === 0) {
    throw corruptTfjs(
      'wanted a graph model with a signature that names its outputs; convert it again, with tensorflowjs 1.3 or newer',
    );
  }
  return { inputs: tensorsOf(signature?.['inputs']), outputs };
}

function tensorsOf(side: unknown): readonly TensorSpec[] {
  return Object.entries(recordOf(side) ?? {}).flatMap(([name, value]) => {
    const { dtype, tensorShape, resourceId } = recordOf(value) ?? {};
    if (resourceId !== undefined && resourceId !== null) return [];
    const dataType = dataTypes.get(dtype);
    if (dataType === undefined) {
      throw corruptTfjs(`'${name}' is of type ${String(dtype)}, which tfjs does not carry`);
    }
    return [{ name, dataType, shape: shapeOf(tensorShape) }];
  });
}

function shapeOf(tensorShape: unknown): readonly number[] {
  const dimensions = recordOf(tensorShape)?.['dim'];
  if (!Array.isArray(dimensions)) return [];
  return dimensions.map((dimension) => {
    const size = Number(recordOf(dimension)?.['size'] ?? -1);
    return Number.isSafeInteger(size) && size > 0 ? size : -1;
  });
}
