import type { MethodDefinition } from '@grpc/proto-loader';

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

/** Gives a method whose requests are checked by `guard` before they are decoded; one that fails is a {@link RefusedRequest}. */
export function guarding(
  definition: MethodDefinition<object, object>,
  guard: RequestGuard | undefined,
): MethodDefinition<object, object> {
  if (guard === undefined) return definition;
  const { requestDeserialize } = definition;
  return {
    ...definition,
    requestDeserialize: (bytes) => {
      try {
        guard(bytes);
      } catch (error) {
        // What throws in a codec is INTERNAL for grpc-js, without a reason.
        return new RefusedRequest(error);
      }
      return requestDeserialize(bytes);
    },
  };
}
