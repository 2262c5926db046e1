import { MeshError } from '../../kernel/mesh-error.ts';
import type { FieldShape, MessageShape } from './message-shape.ts';
import type { RequestGuard } from './request-guard.ts';
import { delimited, WireCursor } from './wire-cursor.ts';

/**
 * Values that a request may hold where its method does not say otherwise: what decoding them takes is some 0.2 microseconds each, so 0.05 s.
 * The largest that a caller of ours sends, a full batch of logged predictions, has some 50,000.
 */
export const valuesMaxDefault = 262_144;

// The codec's own limit of messages in messages.
const depthMax = 100;

/**
 * Gives what refuses a request that holds so much that decoding it would keep the process from everything else: two bytes are enough for an
 * empty message, so the limit of bytes alone lets millions of objects through. It counts values: a field, an element and a number of a list count 1, or 2 where
 * they are integers of 64 bits, which become texts; a message and an entry of a map count all fields that they could have besides. A request
 * too short for as many as `valuesMax` is not looked at, and of another no byte is read after the value that is one too many.
 *
 * The guard throws MeshError RESOURCE_EXHAUSTED / MESSAGE_TOO_LARGE for too many values, INVALID_ARGUMENT / INVALID_FIELD for bytes that are no
 * such message or nest more than 100 messages.
 */
export function valueGuard(request: MessageShape, valuesMax: number): RequestGuard {
  const bytesFree = Math.floor((valuesMax - request.fieldCount) / valuesPerByte(request));
  return (message) => {
    if (message.length <= bytesFree) return;
    new ValueWalk(message, request, valuesMax).run();
  };
}

/** Gives how many values a byte of a message can become at most. */
function valuesPerByte(request: MessageShape): number {
  const seen = new Set<MessageShape>();
  let most = 1;
  const visit = (shape: MessageShape) => {
    if (seen.has(shape)) return;
    seen.add(shape);
    shape.fields.forEach((field, number) => {
      if (field === undefined) return;
      // The shortest: a tag, then a length of 0 or a number of one byte.
      const bytes = tagBytes(number) + 1;
      most = Math.max(most, valuesOf(field) / bytes, elementValuesOf(field));
      if (field.kind === 'message') visit(field.shape);
    });
  };
  visit(request);
  return most;
}

function tagBytes(number: number): number {
  return Math.ceil((32 - Math.clz32(number) + 3) / 7);
}

/** Values that a field counts where it comes once; what is in it counts by itself. */
function valuesOf(field: FieldShape): number {
  switch (field.kind) {
    case 'bytes':
      return 1;
    case 'message':
      return 1 + field.shape.fieldCount;
    case 'number':
      return elementValuesOf(field);
  }
}

/** Values that each number of a packed list counts. */
function elementValuesOf(field: FieldShape): number {
  return field.kind === 'number' && field.isLong ? 2 : 1;
}

/** One pass over the bytes of a request. */
class ValueWalk {
  readonly #cursor: WireCursor;
  readonly #request: MessageShape;
  readonly #bytes: number;
  readonly #valuesMax: number;
  #valuesLeft: number;
  /** Field of the request that is being read. */
  #fieldName = '';

  constructor(message: Uint8Array, request: MessageShape, valuesMax: number) {
    this.#cursor = new WireCursor(message, request.name);
    this.#request = request;
    this.#bytes = message.length;
    this.#valuesMax = valuesMax;
    this.#valuesLeft = valuesMax - request.fieldCount;
  }

  run(): void {
    this.#message(this.#request, this.#bytes, 0);
  }

  #message(shape: MessageShape, end: number, depth: number): void {
    const cursor = this.#cursor;
    if (depth > depthMax) throw this.#tooDeep();
    while (cursor.at < end) {
      const tag = cursor.tag(end);
      const field = shape.fields[tag >>> 3];
      if (depth === 0) this.#fieldName = field?.name ?? String(tag >>> 3);
      if (field === undefined) this.#unknown(tag & 7, end);
      else this.#field(field, tag & 7, end, depth);
    }
  }

  #unknown(wire: number, end: number): void {
    const cursor = this.#cursor;
    this.#spend(1);
    if (wire === delimited) cursor.at = cursor.delimitedEnd(end);
    else cursor.skipScalar(wire, end);
  }

  // The codec refuses a field of another wire type: no more is counted then.
  #field(field: FieldShape, wire: number, end: number, depth: number): void {
    const cursor = this.#cursor;
    if (field.kind === 'number') {
      if (wire === field.wire) {
        this.#spend(valuesOf(field));
        cursor.skipScalar(wire, end);
        return;
      }
      if (wire !== delimited || !field.isRepeated) throw cursor.malformed(cursor.at);
      const packedEnd = cursor.delimitedEnd(end);
      const values = elementValuesOf(field);
      this.#spend(1);
      while (cursor.at < packedEnd) {
        this.#spend(values);
        cursor.skipScalar(field.wire, packedEnd);
      }
      return;
    }
    if (wire !== delimited) throw cursor.malformed(cursor.at);
    this.#spend(valuesOf(field));
    const fieldEnd = cursor.delimitedEnd(end);
    if (field.kind === 'message') this.#message(field.shape, fieldEnd, depth + 1);
    else cursor.at = fieldEnd;
  }

  #spend(values: number): void {
    this.#valuesLeft -= values;
    if (this.#valuesLeft < 0) throw this.#tooMany();
  }

  #tooMany(): MeshError {
    return new MeshError({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'MESSAGE_TOO_LARGE',
      message: `wanted a ${this.#request.name} of at most ${this.#valuesMax} values (fields, elements and entries), got more by byte ${this.#cursor.at} of ${this.#bytes}, in ${this.#fieldName}; send less in one message`,
    });
  }

  #tooDeep(): MeshError {
    return new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message: `wanted a ${this.#request.name} of at most ${depthMax} messages in messages, got more in ${this.#fieldName}`,
    });
  }
}
