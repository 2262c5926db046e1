import type { MethodDefinition } from '@grpc/grpc-js';

/** An answer that is encoded already: a handler gives it where it can put the bytes together for less than the codec would take. */
export class EncodedMessage {
  readonly bytes: Buffer;

  /** @param bytes a message of the type that the method answers with */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** Gives a method whose answers may be encoded already. */
export function takingEncoded(
  definition: MethodDefinition<object, object>,
): MethodDefinition<object, object> {
  const { responseSerialize } = definition;
  return {
    ...definition,
    responseSerialize: (answer) =>
      answer instanceof EncodedMessage ? answer.bytes : responseSerialize(answer),
  };
}
