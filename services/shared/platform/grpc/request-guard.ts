import type { MethodDefinition } from '@grpc/grpc-js';
import { MeshError } from '../../kernel/mesh-error.ts';

/**
 * Checks the bytes of a request before they are decoded.
 * @throws {MeshError} what the caller is told.
 */
export type RequestGuard = (message: Uint8Array) => void;

/** Stands for a request that its guard refused, up to where the call can be answered. */
export class RefusedRequest {
  readonly error: unknown;

  /** @param error what the guard threw */
  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Gives a method whose requests are checked by `guard` before they are decoded; one that fails, or that the codec can't read, is a
 * {@link RefusedRequest}. What throws in a codec would be INTERNAL for grpc-js, without a reason.
 */
export function guarding(
  definition: MethodDefinition<object, object>,
  guard: RequestGuard | undefined,
): MethodDefinition<object, object> {
  const { requestDeserialize } = definition;
  return {
    ...definition,
    requestDeserialize: (bytes) => {
      try {
        guard?.(bytes);
      } catch (error) {
        return new RefusedRequest(error);
      }
      try {
        return requestDeserialize(bytes);
      } catch (cause) {
        return new RefusedRequest(unreadable(definition.path, bytes.length, cause));
      }
    },
  };
}

function unreadable(path: string, bytes: number, cause: unknown): MeshError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `${path.slice(1)}: wanted the bytes of its request, got ${bytes} that are none: ${why}`,
    cause,
  });
}
