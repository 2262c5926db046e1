import { unsupportedArtifact } from './artifact-head.ts';

/** Messages of ONNX on the way to its tensors. */
type Kind =
  | 'model'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'sparse'
  | 'function'
  | 'training'
  | 'tensor'
  | 'entry';

/** Fields of each message that lead on, by number. @source onnx.proto of ONNX 1.18 */
const fields: Readonly<Record<Kind, ReadonlyMap<number, Kind>>> = {
  model: new Map([
    [7, 'graph'],
    [20, 'training'],
    [25, 'function'],
  ]),
  training: new Map([
    [1, 'graph'],
    [2, 'graph'],
  ]),
  graph: new Map([
    [1, 'node'],
    [5, 'tensor'],
    [15, 'sparse'],
  ]),
  function: new Map([
    [7, 'node'],
    [11, 'attribute'],
  ]),
  node: new Map([[5, 'attribute']]),
  attribute: new Map([
    [5, 'tensor'],
    [6, 'graph'],
    [10, 'tensor'],
    [11, 'graph'],
    [22, 'sparse'],
    [23, 'sparse'],
  ]),
  sparse: new Map([
    [1, 'tensor'],
    [2, 'tensor'],
  ]),
  tensor: new Map([[13, 'entry']]),
  entry: new Map(),
};

/** Field of a tensor that says where its data is, and the value that means another file. */
const locationField = 14;
const externalLocation = 1;
/** Graphs inside of graphs: a model has a few. */
const depthMax = 200;
const varintBytesMax = 10;

interface Frame {
  readonly kind: Kind;
  readonly end: number;
}

/**
 * Looks through an ONNX model as it comes, chunk by chunk, for tensors whose data is in another file: such a file would be outside of what was
 * signed, and its path anywhere. Memory does not grow with the model.
 */
export class ExternalDataScanner {
  readonly #frames: Frame[] = [{ kind: 'model', end: Number.POSITIVE_INFINITY }];
  #offset = 0;
  #skip = 0;
  /** Bytes of a number that has begun. */
  #value = 0;
  #valueBytes = 0;
  /** The field that a length or a number belongs to; undefined while its key is read. */
  #field: { readonly number: number; readonly wire: number } | undefined;

  /** @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        this.#offset += skipped;
        at += skipped;
      } else {
        this.#take(chunk[at] ?? 0);
        at += 1;
      }
      this.#leave();
    }
  }

  /** Says that the model ends here. @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED */
  end(): void {
    const isWhole = this.#frames.length === 1 && this.#skip === 0 && this.#valueBytes === 0;
    if (!isWhole || this.#field !== undefined) throw notOnnx();
  }

  #take(byte: number): void {
    this.#value += (byte & 0x7f) * 2 ** (7 * this.#valueBytes);
    this.#valueBytes += 1;
    this.#offset += 1;
    if (byte >= 0x80) {
      if (this.#valueBytes === varintBytesMax) throw notOnnx();
      return;
    }
    const value = this.#value;
    this.#value = 0;
    this.#valueBytes = 0;
    if (this.#field === undefined) this.#onKey(value);
    else this.#onValue(this.#field, value);
  }

  #onKey(key: number): void {
    const [number, wire] = [Math.floor(key / 8), key % 8];
    if (number === 0) throw notOnnx();
    if (wire === 1) this.#skip = 8;
    else if (wire === 5) this.#skip = 4;
    else if (wire === 0 || wire === 2) this.#field = { number, wire };
    else throw notOnnx();
    this.#assertInside(this.#skip);
  }

  #onValue({ number, wire }: { readonly number: number; readonly wire: number }, value: number) {
    const frame = this.#frames.at(-1);
    this.#field = undefined;
    if (frame === undefined) return;
    if (wire === 0) {
      const isExternal = number === locationField && value === externalLocation;
      if (frame.kind === 'tensor' && isExternal) throw external();
      return;
    }
    this.#assertInside(value);
    const kind = fields[frame.kind].get(number);
    if (kind === 'entry') throw external();
    if (kind === undefined) this.#skip = value;
    else this.#frames.push({ kind, end: this.#offset + value });
    if (this.#frames.length > depthMax) throw notOnnx();
  }

  #assertInside(bytes: number): void {
    if (this.#offset + bytes > (this.#frames.at(-1)?.end ?? 0)) throw notOnnx();
  }

  #leave(): void {
    while (this.#skip === 0 && this.#offset >= (this.#frames.at(-1)?.end ?? 0)) {
      if (this.#field !== undefined || this.#valueBytes > 0) throw notOnnx();
      this.#frames.pop();
    }
  }
}

function external() {
  return unsupportedArtifact(
    'an ONNX model with tensors in another file, which would be outside of what is signed; save it with all data inside (`onnx.save(model, path, save_as_external_data=False)`)',
  );
}

function notOnnx() {
  return unsupportedArtifact('a file that begins as an ONNX model does and is none, or is cut off');
}
