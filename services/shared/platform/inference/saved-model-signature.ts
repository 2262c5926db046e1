import type { FolderFile } from '../../compute/folder-artifact.ts';
import type { DataType } from '../../compute/tensor/data-type.ts';
import type { TensorSpec } from '../../compute/tensor/tensor.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { type MessageFields, messageFields } from '../protobuf/message-fields.ts';
import type { ModelSignature } from './onnx-signature.ts';

/** The file of a SavedModel that holds its graph and its signatures. */
export const savedModelFile = 'saved_model.pb';
/** The tag of the graph that is served: no other is beside it. */
export const servingTag = 'serve';
/** The signature that is served. */
export const servingSignature = 'serving_default';

/** Datatypes of TensorFlow that its binding for Node gives. @source tensorflow/core/framework/types.proto, TensorFlow 2.18 */
const outputTypes: ReadonlyMap<number, DataType> = new Map([
  [1, 'FP32'],
  [3, 'INT32'],
  [7, 'BYTES'],
  [9, 'INT64'],
  [10, 'BOOL'],
]);
/** Those that it takes. */
const inputTypes: ReadonlyMap<number, DataType> = new Map([...outputTypes, [4, 'UINT8']]);

// Numbers of fields. @source tensorflow/core/protobuf/saved_model.proto, meta_graph.proto and tensor_shape.proto, TensorFlow 2.18
const metaGraphsOfModel = 2;
const infoOfMetaGraph = 1;
const tagsOfInfo = 4;
const signaturesOfMetaGraph = 5;
const inputsOfSignature = 1;
const outputsOfSignature = 2;
const keyOfEntry = 1;
const valueOfEntry = 2;
const typeOfTensor = 2;
const shapeOfTensor = 3;
const dimensionsOfShape = 2;
const sizeOfDimension = 1;

/**
 * Reads what a SavedModel takes and gives: its signature `serving_default` of the tag `serve`, by name. It needs no TensorFlow. A dimension that the file does not know is -1;
 * of a tensor whose rank it does not know the shape is empty.
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED when it can't be read, has no such signature, or has a tensor of a datatype that can't be carried
 */
export function readSavedModelSignature(files: readonly FolderFile[]): ModelSignature {
  const model = files.find(({ path }) => path === savedModelFile);
  if (model === undefined) throw unsupported(`a SavedModel has ${savedModelFile}, this has none`);
  try {
    const signature = signatureIn(model.bytes);
    return {
      inputs: tensorsOf(signature, inputsOfSignature, inputTypes),
      outputs: tensorsOf(signature, outputsOfSignature, outputTypes),
    };
  } catch (cause) {
    if (cause instanceof MeshError) throw cause;
    throw unsupported(`${savedModelFile} can't be read: ${messageOf(cause)}`, cause);
  }
}

function signatureIn(model: Uint8Array): MessageFields {
  const graphs = messageFields(model).bytes(metaGraphsOfModel).map(messageFields);
  const tagsOf = (graph: MessageFields) =>
    graph.bytes(infoOfMetaGraph).flatMap((info) => messageFields(info).texts(tagsOfInfo));
  const graph = graphs.find((each) => tagsOf(each).join() === servingTag);
  if (graph === undefined) {
    const found = graphs.map((each) => `[${tagsOf(each).join(', ')}]`).join(' ');
    throw unsupported(`wanted a graph with the tag ${servingTag} alone, it has ${found || 'none'}`);
  }
  const signatures = mapIn(graph, signaturesOfMetaGraph);
  const signature = signatures.get(servingSignature);
  if (signature === undefined) {
    const found = [...signatures.keys()].join(', ');
    throw unsupported(`wanted the signature ${servingSignature}, it has ${found || 'none'}`);
  }
  return messageFields(signature);
}

/** In the order of their names: a map has none in the file. */
function tensorsOf(
  signature: MessageFields,
  field: number,
  dataTypes: ReadonlyMap<number, DataType>,
): readonly TensorSpec[] {
  return [...mapIn(signature, field)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, bytes]) => {
      const tensor = messageFields(bytes);
      const dataType = dataTypes.get(tensor.integer(typeOfTensor));
      if (dataType === undefined) {
        throw unsupported(
          `'${name}' is of TensorFlow's datatype ${tensor.integer(typeOfTensor)}; wanted ${[...dataTypes.values()].join(', ')}, which its binding for Node carries here; cast it in the signature`,
        );
      }
      return { name, dataType, shape: shapeOf(tensor) };
    });
}

function shapeOf(tensor: MessageFields): readonly number[] {
  return tensor
    .bytes(shapeOfTensor)
    .flatMap((shape) => messageFields(shape).bytes(dimensionsOfShape))
    .map((dimension) => messageFields(dimension).integer(sizeOfDimension));
}

function mapIn(message: MessageFields, field: number): ReadonlyMap<string, Buffer> {
  return new Map(
    message.bytes(field).map((bytes) => {
      const entry = messageFields(bytes);
      return [entry.text(keyOfEntry), entry.bytes(valueOfEntry)[0] ?? Buffer.alloc(0)];
    }),
  );
}

function unsupported(message: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'ARTIFACT_UNSUPPORTED',
    message,
    cause,
  });
}
