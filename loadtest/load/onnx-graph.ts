import {
  bytesField,
  integerField,
  message,
  messageField,
  type ProtoField,
  textField,
} from '../../services/training/core/proto-bytes.ts';

/** Numbers of ONNX for the types that these graphs have. @source https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto3 TensorProto.DataType */
const elementTypes = { FP32: 1, INT64: 7, BOOL: 9 } as const;

/** A value of a graph: its name, type and shape; a dimension of -1 is of any size. */
export interface OnnxValue {
  readonly name: string;
  readonly type: keyof typeof elementTypes;
  readonly shape: readonly number[];
}

/** A constant of a graph. */
export interface OnnxConstant extends OnnxValue {
  /** Little-endian; left out where a file has less than it promises. */
  readonly bytes?: Uint8Array;
  /** File that holds it instead. */
  readonly externalFile?: string;
}

/** A node of a graph. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Graphs that the node runs, by the name of the attribute. */
  readonly graphs?: Readonly<Record<string, OnnxGraph>>;
}

/** A graph of ONNX. */
export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly constants?: readonly OnnxConstant[];
}

/** Writes a model of any graph, sound or not. */
export function onnxFile(graph: OnnxGraph, opset = 17): Uint8Array {
  return message([
    integerField(1, 8), // IR version
    messageField(7, graphFields(graph)),
    messageField(8, [integerField(2, opset)]),
  ]);
}

function graphFields({ inputs, outputs, nodes, constants = [] }: OnnxGraph): readonly ProtoField[] {
  return [
    ...nodes.map((node) => messageField(1, nodeFields(node))),
    textField(2, 'graph'),
    ...constants.map((constant) => messageField(5, constantFields(constant))),
    ...inputs.map((value) => messageField(11, valueFields(value))),
    ...outputs.map((value) => messageField(12, valueFields(value))),
  ];
}

function nodeFields({ op, inputs, outputs, graphs = {} }: OnnxNode): readonly ProtoField[] {
  return [
    ...inputs.map((name) => textField(1, name)),
    ...outputs.map((name) => textField(2, name)),
    textField(4, op),
    ...Object.entries(graphs).map(([name, graph]) =>
      messageField(5, [
        textField(1, name),
        messageField(6, graphFields(graph)),
        integerField(20, 5), // AttributeProto.GRAPH
      ]),
    ),
  ];
}

function constantFields({ name, type, shape, bytes, externalFile }: OnnxConstant) {
  return [
    ...shape.map((size) => integerField(1, size)),
    integerField(2, elementTypes[type]),
    textField(8, name),
    ...(bytes === undefined ? [] : [bytesField(9, bytes)]),
    ...(externalFile === undefined
      ? []
      : [
          messageField(13, [textField(1, 'location'), textField(2, externalFile)]),
          integerField(14, 1), // TensorProto.EXTERNAL
        ]),
  ];
}

function valueFields({ name, type, shape }: OnnxValue): readonly ProtoField[] {
  const dims = shape.map((size) =>
    messageField(1, [size < 0 ? textField(2, 'batch') : integerField(1, size)]),
  );
  return [
    textField(1, name),
    messageField(2, [
      messageField(1, [integerField(1, elementTypes[type]), messageField(2, dims)]),
    ]),
  ];
}
