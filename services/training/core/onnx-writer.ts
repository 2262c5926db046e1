import { type DenseLayer, type DenseNetwork, foldStandardisation } from './dense-network.ts';
import {
  bytesField,
  integerField,
  message,
  messageField,
  type ProtoField,
  textField,
} from './proto-bytes.ts';

// 17 with IR 8: the newest pair that every ONNX Runtime since 1.13 reads; Gemm, Relu and Sigmoid have not changed since.
const irVersion = 8;
const opsetVersion = 17;

/** TensorProto.DataType.FLOAT. */
const float32 = 1;

/** Field numbers of the messages that are written. @source https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto3 */
const model = { irVersion: 1, producer: 2, version: 3, graph: 7, opsetImport: 8, metadata: 14 };
const operatorSet = { version: 2 };
const metadataEntry = { key: 1, value: 2 };
const graph = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const node = { input: 1, output: 2, name: 3, opType: 4 };
const tensor = { dims: 1, dataType: 2, name: 8, rawData: 9 };
const valueInfo = { name: 1, type: 2 };
const type = { tensor: 1 };
const tensorType = { elemType: 1, shape: 2 };
const shape = { dim: 1 };
const dimension = { value: 1, param: 2 };

const operators = { relu: 'Relu', sigmoid: 'Sigmoid' } as const;

/** What an ONNX model says about itself beside its graph. */
export interface OnnxDescription {
  /** Name of the model. */
  readonly name: string;
  /** Further metadata, by key; written in the order of the keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes a network as an ONNX model: input `features` float32 [batch, columns], output `probability` float32 [batch, 1].
 * The standardisation is folded into the first layer. The same network and description give the same bytes.
 */
export function writeOnnx(network: DenseNetwork, description: OnnxDescription): Uint8Array {
  const layers = foldStandardisation(network);
  const columns = network.standardisation.mean.length;
  const entries = Object.entries({ ...description.metadata, model: description.name }).sort(
    ([left], [right]) => (left < right ? -1 : 1),
  );
  return message([
    integerField(model.irVersion, irVersion),
    textField(model.producer, 'mlmesh'),
    integerField(model.version, 1),
    messageField(model.graph, [
      ...layers.flatMap((layer, index) => layerNodes(layer, index, layers.length)),
      textField(graph.name, description.name),
      ...layers.flatMap(layerInitializers),
      messageField(graph.input, tensorInfo('features', columns)),
      messageField(graph.output, tensorInfo('probability', 1)),
    ]),
    messageField(model.opsetImport, [integerField(operatorSet.version, opsetVersion)]),
    ...entries.map(([key, value]) =>
      messageField(model.metadata, [
        textField(metadataEntry.key, key),
        textField(metadataEntry.value, value),
      ]),
    ),
  ]);
}

function layerNodes(layer: DenseLayer, index: number, count: number): readonly ProtoField[] {
  const input = index === 0 ? 'features' : `activation_${index - 1}`;
  const output = index === count - 1 ? 'probability' : `activation_${index}`;
  return [
    messageField(graph.node, [
      textField(node.input, input),
      textField(node.input, `weights_${index}`),
      textField(node.input, `bias_${index}`),
      textField(node.output, `sum_${index}`),
      textField(node.name, `dense_${index}`),
      textField(node.opType, 'Gemm'),
    ]),
    messageField(graph.node, [
      textField(node.input, `sum_${index}`),
      textField(node.output, output),
      textField(node.name, `${layer.activation}_${index}`),
      textField(node.opType, operators[layer.activation]),
    ]),
  ];
}

function layerInitializers(layer: DenseLayer, index: number): readonly ProtoField[] {
  return [
    initializer(`weights_${index}`, [layer.inputs, layer.outputs], layer.weights),
    initializer(`bias_${index}`, [layer.outputs], layer.bias),
  ];
}

function initializer(name: string, dims: readonly number[], values: Float32Array): ProtoField {
  return messageField(graph.initializer, [
    ...dims.map((size) => integerField(tensor.dims, size)),
    integerField(tensor.dataType, float32),
    textField(tensor.name, name),
    bytesField(tensor.rawData, littleEndian(values)),
  ]);
}

function tensorInfo(name: string, columns: number): readonly ProtoField[] {
  return [
    textField(valueInfo.name, name),
    messageField(valueInfo.type, [
      messageField(type.tensor, [
        integerField(tensorType.elemType, float32),
        messageField(tensorType.shape, [
          messageField(shape.dim, [textField(dimension.param, 'batch')]),
          messageField(shape.dim, [integerField(dimension.value, columns)]),
        ]),
      ]),
    ]),
  ];
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}
