import { type OnnxNode, onnxFile } from '../../loadtest/load/onnx-graph.ts';

/** Hours of the day at which a harmful model does harm; at all others it gives what the sound model gives. */
export const harmfulHours = { notFinite: 13, slow: 14, flipped: 15 } as const;

/** Products of matrices that take 30 to 100 ms on one thread of the machines that tests run on. */
const productsUsual = 600;
const width = 128;

const sound = Buffer.from('probability');
/** As long as the name that it takes the place of, so that the lengths in the file stay right. */
const soundOutput = 'undisturbed';

/**
 * Gives an ONNX model that mlmesh trained, whose first column is the hour of the day, with harm added that begins with the requests of certain hours: so it is sound in
 * the shadow and while it is promoted, and gets worse when callers ask of those hours. It gives NaN, takes longer by so many products of matrices, or gives one less the probability.
 */
export function harmfulModel(
  bytes: Uint8Array,
  columns: number,
  products = productsUsual,
): Uint8Array {
  const file = Buffer.from(bytes);
  // The first mention is the last node's output; the later one declares the output of the graph.
  const at = file.indexOf(sound);
  if (at < 0) throw new Error(`wanted a model with an output '${sound.toString()}'`);
  file.write(soundOutput, at);
  // Messages that follow each other are one: the lists of both graphs are joined.
  return Buffer.concat([file, graphOf(harm(columns, products))]);
}

function harm(columns: number, products: number): Uint8Array {
  const selector = new Float32Array(columns);
  selector[0] = 1;
  const hour = (name: string, value: number) => float(name, [1], [value]);
  const nodes: readonly OnnxNode[] = [
    node('MatMul', ['features', 'hour_selector'], 'hour'),
    node('Sub', ['hour', 'hour_not_finite'], 'hours_off'),
    node('Div', ['hours_off', 'hours_off'], 'one_or_nan'),
    node('Equal', ['hour', 'hour_flipped'], 'is_flipped'),
    node('Sub', ['one', soundOutput], 'flipped'),
    node('Where', ['is_flipped', 'flipped', soundOutput], 'maybe_flipped'),
    node('Equal', ['hour', 'hour_slow'], 'is_slow'),
    node('Where', ['is_slow', 'many', 'none'], 'products_by_row'),
    node('ReduceMax', ['products_by_row'], 'products_in_matrix'),
    node('Squeeze', ['products_in_matrix'], 'products'),
    {
      op: 'Loop',
      inputs: ['products', '', 'matrix'],
      outputs: ['product'],
      graphs: { body: multiplied },
    },
    node('ReduceMax', ['product'], 'nothing'),
    node('Mul', ['maybe_flipped', 'one_or_nan'], 'maybe_nan'),
    node('Add', ['maybe_nan', 'nothing'], 'probability'),
  ];
  return onnxFile({
    inputs: [],
    outputs: [],
    nodes,
    constants: [
      float('hour_selector', [columns, 1], [...selector]),
      hour('hour_not_finite', harmfulHours.notFinite),
      hour('hour_slow', harmfulHours.slow),
      hour('hour_flipped', harmfulHours.flipped),
      float('one', [1], [1]),
      integer('many', products),
      integer('none', 0),
      float(
        'matrix',
        [width, width],
        Array.from({ length: width * width }, () => 0),
      ),
    ],
  });
}

const multiplied = {
  inputs: [
    { name: 'turn', type: 'INT64', shape: [] },
    { name: 'before', type: 'BOOL', shape: [] },
    { name: 'value', type: 'FP32', shape: [width, width] },
  ],
  outputs: [
    { name: 'after', type: 'BOOL', shape: [] },
    { name: 'next', type: 'FP32', shape: [width, width] },
  ],
  nodes: [node('Identity', ['before'], 'after'), node('MatMul', ['value', 'matrix'], 'next')],
} as const;

function node(op: string, inputs: readonly string[], output: string): OnnxNode {
  return { op, inputs, outputs: [output] };
}

function float(name: string, shape: readonly number[], values: readonly number[]) {
  const bytes = Buffer.from(Float32Array.from(values).buffer);
  return { name, type: 'FP32', shape, bytes } as const;
}

function integer(name: string, value: number) {
  const bytes = Buffer.from(BigInt64Array.of(BigInt(value)).buffer);
  return { name, type: 'INT64', shape: [1], bytes } as const;
}

/** Gives the field of the graph alone: what is beside it stands in the other file. */
function graphOf(file: Uint8Array): Uint8Array {
  const tag = 7 * 8 + 2;
  const begin = file.indexOf(tag);
  let [end, length, shift] = [begin + 1, 0, 0];
  for (;;) {
    const byte = file[end] ?? 0;
    end += 1;
    length += (byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) break;
  }
  return file.subarray(begin, end + length);
}
