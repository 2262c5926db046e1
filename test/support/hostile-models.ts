import { createHash } from 'node:crypto';
import { type OnnxGraph, type OnnxValue, onnxFile } from '../../loadtest/load/onnx-graph.ts';
import type { TensorSpec } from '../../services/shared/compute/tensor/tensor.ts';
import type { FakeArtifact } from './fake-registry.ts';

const x: OnnxValue = { name: 'x', type: 'FP32', shape: [1] };
const y: OnnxValue = { name: 'y', type: 'FP32', shape: [1] };
const zero = Buffer.from(Float32Array.of(0).buffer);

/** Gives y = x by way of a constant, whatever is wrong with that. */
function addition(constant: Parameters<typeof onnxFile>[0]['constants']): OnnxGraph {
  return {
    inputs: [x],
    outputs: [y],
    nodes: [{ op: 'Add', inputs: ['x', 'c'], outputs: ['y'] }],
    ...(constant === undefined ? {} : { constants: constant }),
  };
}

const sound = onnxFile(addition([{ name: 'c', type: 'FP32', shape: [1], bytes: zero }]));

/** Files that no runtime should open, by what is wrong with them. */
export const unreadable: ReadonlyMap<string, Uint8Array> = new Map([
  ['empty', new Uint8Array([0])],
  ['cut off', sound.subarray(0, sound.length - 9)],
  [
    'of another opset',
    onnxFile(addition([{ name: 'c', type: 'FP32', shape: [1], bytes: zero }]), 9_999),
  ],
  [
    'with a node that nobody knows',
    onnxFile({
      inputs: [x],
      outputs: [y],
      nodes: [{ op: 'Conjure', inputs: ['x'], outputs: ['y'] }],
    }),
  ],
  ['that uses what it does not define', onnxFile(addition([]))],
  [
    'that promises more values than it has',
    onnxFile(addition([{ name: 'c', type: 'FP32', shape: [2 ** 40], bytes: zero }])),
  ],
  [
    'that reads another file',
    onnxFile(addition([{ name: 'c', type: 'FP32', shape: [1], externalFile: '/etc/hostname' }])),
  ],
  [
    'that runs in a circle',
    onnxFile({
      inputs: [x],
      outputs: [y],
      nodes: [
        { op: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
        { op: 'Add', inputs: ['x', 'a'], outputs: ['b'] },
        { op: 'Add', inputs: ['a', 'b'], outputs: ['y'] },
      ],
    }),
  ],
]);

/** A model that fails for an index outside of 0 to 2. */
export const throwing = artifactOf(
  onnxFile({
    inputs: [{ name: 'i', type: 'INT64', shape: [1] }],
    outputs: [y],
    nodes: [{ op: 'Gather', inputs: ['c', 'i'], outputs: ['y'] }],
    constants: [
      { name: 'c', type: 'FP32', shape: [3], bytes: Buffer.from(Float32Array.of(5, 6, 7).buffer) },
    ],
  }),
  [{ name: 'i', dataType: 'INT64', shape: [1] }],
);

/** A model that never comes back for a positive x. */
export const hanging = artifactOf(
  onnxFile({
    inputs: [x],
    outputs: [y],
    nodes: [
      { op: 'Greater', inputs: ['x', 'zero'], outputs: ['positive'] },
      { op: 'Squeeze', inputs: ['positive'], outputs: ['again'] },
      { op: 'Loop', inputs: ['', 'again', 'x'], outputs: ['y'], graphs: { body: endless() } },
    ],
    constants: [{ name: 'zero', type: 'FP32', shape: [1], bytes: zero }],
  }),
  [{ name: 'x', dataType: 'FP32', shape: [1] }],
);

function endless(): OnnxGraph {
  return {
    inputs: [
      { name: 'turn', type: 'INT64', shape: [] },
      { name: 'before', type: 'BOOL', shape: [] },
      { name: 'value', type: 'FP32', shape: [1] },
    ],
    outputs: [
      { name: 'after', type: 'BOOL', shape: [] },
      { name: 'same', type: 'FP32', shape: [1] },
    ],
    nodes: [
      { op: 'Identity', inputs: ['before'], outputs: ['after'] },
      { op: 'Identity', inputs: ['value'], outputs: ['same'] },
    ],
  };
}

/** Gives a file as an artifact that takes x and gives y. */
export function artifactOf(
  bytes: Uint8Array,
  inputs: readonly TensorSpec[] = [{ name: 'x', dataType: 'FP32', shape: [1] }],
): FakeArtifact {
  const digest = createHash('sha256').update(bytes).digest('hex');
  const outputs: readonly TensorSpec[] = [{ name: 'y', dataType: 'FP32', shape: [1] }];
  return { bytes, digest, format: 'onnx', inputs, outputs };
}
