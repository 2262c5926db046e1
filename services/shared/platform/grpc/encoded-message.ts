/**
 * A message that is encoded already: it is sent as it is, where somebody can put its bytes together for less than the codec would take. The wire forms of parts of a message,
 * one behind the other, are that of the message with all of their fields: a repeated field has the entries of each, in order.
 *
 * @source https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
export class EncodedMessage {
  readonly bytes: Buffer;

  /** @param bytes a message of the type that the method takes or answers with */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}
