import assert from 'node:assert/strict';
import { type MessageFields, messageFields } from '../protobuf/message-fields.ts';
import { fixed32, fixed64, type ScalarWire, varint } from './wire-cursor.ts';

/** What one field of a message is on the wire. */
export type FieldShape =
  /** A text or bytes. */
  | { readonly kind: 'bytes'; readonly name: string }
  /** A message, or an entry of a map. */
  | { readonly kind: 'message'; readonly name: string; readonly shape: MessageShape }
  /** A number; where it is repeated, packed or one by one. */
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly wire: ScalarWire;
      readonly isRepeated: boolean;
      /** Of 64 bits and no float: the codec makes a text of it. */
      readonly isLong: boolean;
    };

/** A message on the wire. */
export interface MessageShape {
  /** Full name, such as `mlmesh.router.v1.PredictRequest`. */
  readonly name: string;
  /** By field number; may hold itself. */
  readonly fields: readonly (FieldShape | undefined)[];
  /** Fields that the contract has of it: an object of the codec has all of them, also where the wire has none. */
  readonly fieldCount: number;
}

/** Gives the shapes of messages by their full names. */
export interface MessageShapes {
  /** Gives the message that a method takes, such as `mlmesh.router.v1.RouterService/Predict`. */
  requestOf(method: string): MessageShape;
}

/** Reads google.protobuf.FileDescriptorProto's as proto-loader gives them: with names of types that may be relative to where they are used. */
export function messageShapes(files: readonly Uint8Array[]): MessageShapes {
  const messages = new Map<string, MessageFields>();
  const requests = new Map<string, string>();
  for (const bytes of files) {
    const file = messageFields(bytes);
    const space = file.text(packageOfFile);
    for (const message of file.bytes(messageOfFile)) addMessage(messages, message, space);
    for (const each of file.bytes(serviceOfFile)) {
      const service = messageFields(each);
      for (const method of service.bytes(methodOfService).map((one) => messageFields(one))) {
        const name = `${space}.${service.text(nameOfAny)}/${method.text(nameOfAny)}`;
        requests.set(name, method.text(inputOfMethod).replace(/^\./, ''));
      }
    }
  }
  const builder = new ShapeBuilder(messages);
  return {
    requestOf: (method) => {
      const name = requests.get(method);
      assert.ok(name !== undefined, `no method ${method} in the descriptors`);
      return builder.build(name);
    },
  };
}

// Field numbers of google/protobuf/descriptor.proto.
const packageOfFile = 2;
const messageOfFile = 4;
const serviceOfFile = 6;
const fieldOfMessage = 2;
const nestedOfMessage = 3;
const methodOfService = 2;
const inputOfMethod = 2;
const nameOfAny = 1;
const numberOfField = 3;
const labelOfField = 4;
const typeOfField = 5;
const typeNameOfField = 6;
const repeatedLabel = 3;
const messageType = 11;
const bytesTypes: readonly number[] = [9, 12];
const longTypes: readonly number[] = [3, 4, 6, 16, 18];
const fixed64Types: readonly number[] = [1, 6, 16];
const fixed32Types: readonly number[] = [2, 7, 15];
const groupType = 10;

function addMessage(messages: Map<string, MessageFields>, bytes: Uint8Array, space: string): void {
  const message = messageFields(bytes);
  const name = `${space}.${message.text(nameOfAny)}`;
  messages.set(name, message);
  for (const nested of message.bytes(nestedOfMessage)) addMessage(messages, nested, name);
}

class ShapeBuilder {
  readonly #messages: ReadonlyMap<string, MessageFields>;
  readonly #shapes = new Map<string, MessageShape>();

  constructor(messages: ReadonlyMap<string, MessageFields>) {
    this.#messages = messages;
  }

  build(name: string): MessageShape {
    const known = this.#shapes.get(name);
    if (known !== undefined) return known;
    const declared = this.#messages.get(name)?.bytes(fieldOfMessage);
    assert.ok(declared !== undefined, `no message ${name} in the descriptors`);
    const fields: FieldShape[] = [];
    // Known before its fields are: a message may hold itself.
    const shape: MessageShape = { name, fields, fieldCount: declared.length };
    this.#shapes.set(name, shape);
    for (const field of declared.map((bytes) => messageFields(bytes))) {
      fields[field.integer(numberOfField)] = this.#field(field, name);
    }
    return shape;
  }

  #field(field: MessageFields, messageName: string): FieldShape {
    const name = field.text(nameOfAny);
    const type = field.integer(typeOfField);
    assert.notEqual(type, groupType, `${messageName}.${name} is a group`);
    if (bytesTypes.includes(type)) return { kind: 'bytes', name };
    if (type === messageType) {
      const typeName = this.#resolve(field.text(typeNameOfField), messageName);
      return { kind: 'message', name, shape: this.build(typeName) };
    }
    return {
      kind: 'number',
      name,
      wire: wireOf(type),
      isRepeated: field.integer(labelOfField) === repeatedLabel,
      isLong: longTypes.includes(type),
    };
  }

  /** Looks for a name in the message, then in all that it lies in, from the inside out. */
  #resolve(name: string, messageName: string): string {
    if (name.startsWith('.')) return name.slice(1);
    for (
      let space = messageName;
      space !== '';
      space = space.slice(0, Math.max(0, space.lastIndexOf('.')))
    ) {
      const full = `${space}.${name}`;
      if (this.#messages.has(full)) return full;
    }
    assert.ok(this.#messages.has(name), `no message ${name} for ${messageName} in the descriptors`);
    return name;
  }
}

function wireOf(type: number): ScalarWire {
  if (fixed64Types.includes(type)) return fixed64;
  return fixed32Types.includes(type) ? fixed32 : varint;
}
