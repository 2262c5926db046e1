import type { MethodDefinition } from '@grpc/grpc-js';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { CallStream } from '../http2/call-stream.ts';
import { prefixBytes } from './message-assembly.ts';
import type { MessageFault } from './message-reader.ts';

/** What the messages of a method are held to. */
export interface MessageLimits {
  readonly definition: MethodDefinition<object, object>;
  /** Largest message that is taken or sent. */
  readonly messageBytesMax: number;
}

// A copy of fewer bytes costs less than a second write.
const joinedBytesMax = 65_536;

/**
 * Gives the bytes of an answer.
 * @throws {MeshError} INTERNAL / INTERNAL where it can't be written, RESOURCE_EXHAUSTED / MESSAGE_TOO_LARGE.
 */
export function serializeAnswer(
  { definition, messageBytesMax }: MessageLimits,
  answer: object,
): Buffer {
  let message: Buffer;
  try {
    message = definition.responseSerialize(answer);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw internal(`Error serializing response: ${why}`, cause);
  }
  if (message.length <= messageBytesMax) return message;
  throw tooLarge(`Attempted to send message with a size larger than ${messageBytesMax}`);
}

/**
 * Gives a request out of its bytes.
 * @throws {MeshError} INTERNAL / INTERNAL where it can't be read.
 */
export function deserializeRequest({ definition }: MessageLimits, message: Buffer): object {
  try {
    return definition.requestDeserialize(message);
  } catch (cause) {
    throw internal('Error deserializing request', cause);
  }
}

/** Sends a message. `onSent` is called once it has left, which may be at once. */
export function sendMessage(stream: CallStream, message: Buffer, onSent?: () => void): void {
  const isJoined = message.length <= joinedBytesMax;
  const head = Buffer.allocUnsafe(isJoined ? prefixBytes + message.length : prefixBytes);
  head[0] = 0;
  head.writeUInt32BE(message.length, 1);
  if (isJoined) {
    message.copy(head, prefixBytes);
    stream.send(head, onSent);
  } else {
    stream.send(head);
    stream.send(message, onSent);
  }
}

/** Gives what the caller is told whose message can't be taken. */
export function messageRefused(fault: MessageFault, { messageBytesMax }: MessageLimits): MeshError {
  switch (fault.kind) {
    case 'compressed':
      return internal('Received a compressed message without grpc-encoding', undefined);
    case 'too-large':
      return tooLarge(`Received message larger than max (${fault.bytes} vs ${messageBytesMax})`);
  }
}

/** Gives what the caller is told whose request ends amid a message. */
export function requestCutOff(): MeshError {
  return internal('The request ended amid a message', undefined);
}

function internal(message: string, cause: unknown): MeshError {
  return new MeshError({ code: 'INTERNAL', reason: 'INTERNAL', message, cause });
}

function tooLarge(message: string): MeshError {
  return new MeshError({ code: 'RESOURCE_EXHAUSTED', reason: 'MESSAGE_TOO_LARGE', message });
}
