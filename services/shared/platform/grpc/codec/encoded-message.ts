/**
 * A message in its wire form, to be sent as it is. The wire forms of parts of a message, one behind the other, are that of the message with all of their fields: a repeated
 * field has the entries of each, in order.
 *
 * See https://protobuf.dev/programming-guides/encoding/#last-one-wins.
 */
export class EncodedMessage {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}
