import { MeshError } from '../../kernel/mesh-error.ts';
import type { Reason } from '../../kernel/reason.ts';
import type { Guards } from './implement.ts';
import { delimited, fixed32, fixed64, type ScalarWire, varint, WireCursor } from './wire-cursor.ts';

/** What one request of the inference protocol may hold at most. */
export interface InferRequestLimits {
  readonly inputs: number;
  readonly outputs: number;
  readonly rawContents: number;
  /** Of the request and of all its tensors together. */
  readonly parameters: number;
  /** Of each input. */
  readonly dimensions: number;
  /** In typed contents of all inputs together; what the codec makes an object of, 64-bit integers and BYTES, counts as {@link objectElements}. */
  readonly elements: number;
  /** Fields of any kind but elements and dimensions that come one by one. */
  readonly fields: number;
}

/** What an element counts as that the codec makes an object of: decoding and encoding it takes about so many times what a number takes, measured. */
export const objectElements = 2;

/** The limits that are served: what is within them is decoded, and encoded for the next service, in some ten milliseconds each. */
export const inferRequestLimits: InferRequestLimits = {
  inputs: 1_024,
  outputs: 1_024,
  rawContents: 1_024,
  parameters: 1_024,
  dimensions: 64, // numpy's own limit, which every client of the protocol is bound by
  elements: 262_144, // an image of 224 x 224 x 3 has 150,528
  fields: 262_144,
};

type Limit = keyof InferRequestLimits;

/** What one field of a message is, and which limit each of it counts for. */
type Field =
  | { readonly kind: 'bytes'; readonly limit?: Limit }
  | { readonly kind: 'message'; readonly fields: Fields; readonly limit?: Limit }
  | { readonly kind: 'scalar'; readonly wire: ScalarWire }
  /** Repeated, packed or one by one. */
  | {
      readonly kind: 'scalars';
      readonly wire: ScalarWire;
      readonly limit: Limit;
      readonly cost: number;
    };

/** By field number. */
type Fields = Readonly<Record<number, Field | undefined>>;

const bytes: Field = { kind: 'bytes' };
const numbers = (wire: ScalarWire): Field => ({
  kind: 'scalars',
  wire,
  limit: 'elements',
  cost: 1,
});
const longs: Field = { kind: 'scalars', wire: varint, limit: 'elements', cost: objectElements };

const parameter: Fields = {
  1: { kind: 'scalar', wire: varint },
  2: { kind: 'scalar', wire: varint },
  3: bytes,
  4: { kind: 'scalar', wire: fixed64 },
  5: { kind: 'scalar', wire: varint },
};
const parameters: Field = {
  kind: 'message',
  fields: { 1: bytes, 2: { kind: 'message', fields: parameter } },
  limit: 'parameters',
};
const contents: Fields = {
  1: numbers(varint),
  2: numbers(varint),
  3: longs,
  4: numbers(varint),
  5: longs,
  6: numbers(fixed32),
  7: numbers(fixed64),
  8: { kind: 'bytes', limit: 'elements' },
};
const input: Fields = {
  1: bytes,
  2: bytes,
  3: { kind: 'scalars', wire: varint, limit: 'dimensions', cost: 1 },
  4: parameters,
  5: { kind: 'message', fields: contents },
};
const request: Fields = {
  1: bytes,
  2: bytes,
  3: bytes,
  4: parameters,
  5: { kind: 'message', fields: input, limit: 'inputs' },
  6: { kind: 'message', fields: { 1: bytes, 2: parameters }, limit: 'outputs' },
  7: { kind: 'bytes', limit: 'rawContents' },
};

/**
 * Checks the bytes of an inference.ModelInferRequest before they are decoded: a few megabytes can hold so many dimensions, elements or fields that
 * decoding them takes seconds, in which the process answers nobody. Stops at the first limit that is passed.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SHAPE for too many dimensions, TENSOR_SIZE for too many elements in typed contents, INVALID_FIELD
 *   for too much of anything else and for bytes that are no such message.
 */
export function checkInferRequest(
  message: Uint8Array,
  limits: InferRequestLimits = inferRequestLimits,
): void {
  new Walk(message, limits).message(request, message.length);
}

/** Guards of the service of the inference protocol. */
export const inferenceGuards: Guards<'inference.GRPCInferenceService'> = {
  modelInfer: checkInferRequest,
  modelStreamInfer: checkInferRequest,
};

/** One pass over the bytes of a request. */
class Walk {
  readonly #cursor: WireCursor;
  readonly #limits: InferRequestLimits;
  readonly #left: Record<Limit, number>;

  constructor(message: Uint8Array, limits: InferRequestLimits) {
    this.#cursor = new WireCursor(message, 'inference.ModelInferRequest');
    this.#limits = limits;
    this.#left = { ...limits };
  }

  message(fields: Fields, end: number): void {
    while (this.#cursor.at < end) {
      const tag = this.#cursor.tag(end);
      this.#field(fields[tag >>> 3], tag & 7, end);
    }
  }

  #field(field: Field | undefined, wire: number, end: number): void {
    const cursor = this.#cursor;
    const isOneOfMany = field?.kind === 'scalars' && wire === field.wire;
    if (!isOneOfMany) this.#spend('fields', 1);
    if (field === undefined) {
      if (wire === delimited) cursor.at = cursor.delimitedEnd(end);
      else cursor.skipScalar(wire, end);
      return;
    }
    if (field.kind === 'scalar' || isOneOfMany) {
      if (wire !== field.wire) throw cursor.malformed(cursor.at);
      if (field.kind === 'scalars') this.#spend(field.limit, field.cost);
      cursor.skipScalar(wire, end);
      return;
    }
    if (wire !== delimited) throw cursor.malformed(cursor.at);
    this.#delimited(field, cursor.delimitedEnd(end));
  }

  #delimited(field: Exclude<Field, { readonly kind: 'scalar' }>, end: number): void {
    const cursor = this.#cursor;
    switch (field.kind) {
      case 'bytes':
        if (field.limit !== undefined) {
          this.#spend(field.limit, field.limit === 'elements' ? objectElements : 1);
        }
        cursor.at = end;
        return;
      case 'message':
        if (field.limit !== undefined) this.#spend(field.limit, 1);
        if (field.limit === 'inputs') this.#left.dimensions = this.#limits.dimensions;
        this.message(field.fields, end);
        return;
      case 'scalars':
        while (cursor.at < end) {
          this.#spend(field.limit, field.cost);
          cursor.skipScalar(field.wire, end);
        }
        return;
    }
  }

  #spend(limit: Limit, count: number): void {
    this.#left[limit] -= count;
    if (this.#left[limit] < 0) throw this.#passed(limit);
  }

  #passed(limit: Limit): MeshError {
    const most = this.#limits[limit];
    switch (limit) {
      case 'dimensions': {
        const index = this.#limits.inputs - this.#left.inputs - 1;
        return invalid(
          'TENSOR_SHAPE',
          `wanted at most ${most} dimensions for an input, got more for input ${index}`,
        );
      }
      case 'elements':
        return invalid(
          'TENSOR_SIZE',
          `wanted at most ${most} elements in the typed contents of a request (64-bit integers and BYTES count ${objectElements} each), got more; send them in raw_input_contents`,
        );
      case 'inputs':
      case 'outputs':
      case 'rawContents':
      case 'parameters':
      case 'fields':
        return invalid(
          'INVALID_FIELD',
          `wanted at most ${most} ${limitNames[limit]} in a request, got more; send fewer or split it`,
        );
    }
  }
}

const limitNames = {
  inputs: 'inputs',
  outputs: 'outputs',
  rawContents: 'raw_input_contents',
  parameters: 'parameters',
  fields: 'fields',
} as const;

function invalid(reason: Reason, message: string): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason, message });
}
