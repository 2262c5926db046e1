import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';

/** Gives DEADLINE_EXCEEDED / DEADLINE_PASSED for a job that was dropped. */
export function expiredInQueue(id: string): MeshError {
  return new MeshError({
    code: 'DEADLINE_EXCEEDED',
    reason: 'DEADLINE_PASSED',
    message: `the budget passed while the rows waited for ${id}; they were not run`,
  });
}

/** Gives CANCELLED / CALL_CANCELLED for a job whose caller gave up. */
export function cancelledInQueue(id: string): MeshError {
  return new MeshError({
    code: 'CANCELLED',
    reason: 'CALL_CANCELLED',
    message: `the caller gave up while the rows waited for ${id}; they were not run`,
  });
}

/** Gives DEADLINE_EXCEEDED / BUDGET_TOO_SMALL for a job that could not have been answered in time. */
export function budgetTooSmall(id: string, neededMs: number, budgetMs: number): MeshError {
  return new MeshError({
    code: 'DEADLINE_EXCEEDED',
    reason: 'BUDGET_TOO_SMALL',
    message: `${id} needs about ${neededMs.toFixed(1)} ms now, its wait included, and ${budgetMs.toFixed(1)} ms are left; the rows were not run`,
  });
}

/** Gives RESOURCE_EXHAUSTED / QUEUE_FULL for a job that was refused or had to make room. */
export function queueFull(
  id: string,
  {
    queueRowsMax,
    queueBytesMax,
  }: { readonly queueRowsMax: number; readonly queueBytesMax: number },
): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'QUEUE_FULL',
    message: `too much waits for ${id}: the limit is ${queueRowsMax} rows or ${queueBytesMax} bytes; ask again a little later or less often`,
    retry: { kind: 'after', delayMs: 10 }, // a few native calls from now
  });
}

/** Gives RESOURCE_EXHAUSTED / MEMORY_FULL for a version that does not fit beside those that aliases point to. */
export function memoryFull(id: string, wantedBytes: number, freeBytes: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'MEMORY_FULL',
    message: `${id} may take ${wantedBytes} bytes, and the versions that aliases point to leave ${Math.max(0, freeBytes)}; raise memoryBytesMax of the prediction service or take an alias away`,
  });
}

/** Gives UNAVAILABLE / DRAINING for a version that takes nothing new. */
export function laneDraining(id: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'DRAINING',
    message: `${id} is being taken down and takes nothing new`,
    retry: { kind: 'elsewhere' },
  });
}

/** Gives INVALID_ARGUMENT / INVALID_FIELD for features that are NaN or infinite. */
export function inputNotFinite(id: string, row: number): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `wanted finite features for ${id}, got NaN or infinity in row ${row}; put the default in for what is missing`,
  });
}

/** Gives INTERNAL / TENSOR_NOT_FINITE for outputs that are NaN or infinite. */
export function outputNotFinite(id: string, row: number): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'TENSOR_NOT_FINITE',
    message: `${id} gave NaN or infinity for row ${row}; its weights are unsound`,
  });
}

/** Gives what a native call threw as a MeshError: itself, or INTERNAL / INFERENCE_FAILED. */
export function inferenceError(id: string, thrown: unknown): MeshError {
  if (thrown instanceof MeshError) return thrown;
  return new MeshError({
    code: 'INTERNAL',
    reason: 'INFERENCE_FAILED',
    message: `the runtime of ${id} failed: ${messageOf(thrown)}`,
    cause: thrown,
  });
}
