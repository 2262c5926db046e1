import type { Code } from '../../kernel/code.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import type { Reason } from '../../kernel/reason.ts';

/**
 * What comes back from a worker thread: the value, or the error as plain data, because a class does not survive the way
 * between threads. This file is loaded on both sides, so it imports nothing heavy.
 */
export type WorkerOutcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | {
      readonly kind: 'failed';
      readonly code: Code;
      readonly reason: Reason;
      readonly message: string;
      readonly stack: string | undefined;
    };

/** Runs `work` in the worker and gives its outcome as data; never rejects. What is no MeshError gets `reason`. */
export async function toWorkerOutcome<Value>(
  work: () => Promise<Value>,
  reason: Reason,
): Promise<WorkerOutcome<Value>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    if (error instanceof MeshError) {
      return {
        kind: 'failed',
        code: error.code,
        reason: error.reason,
        message: error.message,
        stack,
      };
    }
    return { kind: 'failed', code: 'INTERNAL', reason, message: messageOf(error), stack };
  }
}

/**
 * Gives the value of an outcome, on the side of the caller.
 * @throws {MeshError} the code and reason that the worker gave.
 */
export function fromWorkerOutcome<Value>(outcome: WorkerOutcome<Value>): Value {
  switch (outcome.kind) {
    case 'done':
      return outcome.value;
    case 'failed':
      throw new MeshError({
        code: outcome.code,
        reason: outcome.reason,
        message: outcome.message,
        cause: outcome.stack,
      });
  }
}
