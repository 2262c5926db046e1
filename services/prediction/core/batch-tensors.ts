import { elementEnds } from '../../shared/compute/tensor/bytes-elements.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** What of a job takes part in a call. */
export interface BatchPart {
  /** Size of its batch. */
  readonly rows: number;
  /** In the order of the signature. */
  readonly inputs: readonly Tensor[];
}

/**
 * Copies the inputs of a call together, part after part along the first dimension: the frames that they came in are neither
 * aligned nor ours to give away. All parts have equal dimensions behind the first. Each tensor gets a buffer of its own.
 */
export function joinInputs(parts: readonly BatchPart[], rows: number): readonly Tensor[] {
  const [first] = parts;
  if (first === undefined) return [];
  const { inputs } = first;
  if (parts.length === 1) {
    // A copy too, but one of no more than what is needed.
    return inputs.map((tensor) => ({ ...tensor, bytes: Uint8Array.from(tensor.bytes) }));
  }
  return inputs.map(({ dataType, shape }, at) => {
    const pieces = parts.map((part) => part.inputs[at]?.bytes ?? new Uint8Array());
    const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const piece of pieces) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    return { dataType, shape: [rows, ...shape.slice(1)], bytes };
  });
}

/** Whether two parts may share a call: they have equal dimensions behind the first. */
export function haveEqualRows(left: BatchPart, right: BatchPart): boolean {
  return left.inputs.every(({ shape }, at) => {
    const other = right.inputs[at]?.shape ?? [];
    return (
      shape.length === other.length &&
      shape.every((size, axis) => axis === 0 || size === other[axis])
    );
  });
}

/**
 * Gives each part of a call its rows of the outputs, in order, as views. A call of one part gives it all of them, whatever
 * their first dimension: a model that does not batch has calls of one part alone.
 * @throws {MeshError} INTERNAL / TENSOR_SHAPE when an output has another first dimension than the call has rows.
 */
export function splitOutputs(
  id: string,
  outputs: readonly Tensor[],
  partRows: readonly number[],
): readonly (readonly Tensor[])[] {
  if (partRows.length === 1) return [outputs];
  const rows = partRows.reduce((sum, count) => sum + count, 0);
  const parts: readonly Tensor[][] = partRows.map(() => []);
  for (const output of outputs) addPieces(id, output, { rows, partRows, parts });
  return parts;
}

/** What an output is split into: rows in all and by part, and where each part's piece goes. */
interface Split {
  readonly rows: number;
  readonly partRows: readonly number[];
  readonly parts: readonly Tensor[][];
}

function addPieces(id: string, output: Tensor, { rows, partRows, parts }: Split): void {
  const { dataType, shape, bytes } = output;
  if (shape[0] !== rows) {
    throw new MeshError({
      code: 'INTERNAL',
      reason: 'TENSOR_SHAPE',
      message: `wanted an output [${rows}, ...] from ${id} for ${rows} rows, got [${shape.join(', ')}]; it does not batch: register it without batch rows`,
    });
  }
  const endOf = rowEnds(output, rows);
  const rowShape = shape.slice(1);
  let row = 0;
  for (const [part, count] of partRows.entries()) {
    const begin = endOf(row);
    row += count;
    const piece = bytes.subarray(begin, endOf(row));
    parts[part]?.push({ dataType, shape: [count, ...rowShape], bytes: piece });
  }
}

/** Gives where so many rows end, in bytes. */
function rowEnds({ dataType, bytes }: Tensor, rows: number): (row: number) => number {
  if (dataType !== 'BYTES') {
    const rowBytes = bytes.length / rows;
    return (row) => row * rowBytes;
  }
  const ends = elementEnds('an output', bytes);
  const elements = ends.length / rows;
  return (row) => (row === 0 ? 0 : (ends[row * elements - 1] ?? 0));
}
