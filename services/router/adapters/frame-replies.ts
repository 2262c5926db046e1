import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { BatchReply } from '../../shared/platform/grpc/frame-codec.ts';
import type { ItemCallback } from '../../shared/platform/grpc/frame-stream.ts';
import type { Receiver } from '../ports.ts';

/** Gives the reply of a batch that failed as a whole. */
export function failedBatch<Result>(batchId: number, error: MeshError): BatchReply<Result> {
  return {
    batchId,
    error,
    resultOf() {
      throw error;
    },
  };
}

/** Gives the error of a reply that doesn't say what it should. */
export function unreadableReply(service: string): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'INTERNAL',
    message: `the ${service} service answered a batch with rows of another size than it says; its version may differ from the router's`,
  });
}

/** Hands what a stream says to a receiver. */
export function settle<Result>(receiver: Receiver<Result>): ItemCallback<Result> {
  return (error, result) => {
    if (error !== undefined) receiver.onFailure(error);
    else if (result !== undefined) receiver.onAnswer(result);
  };
}
