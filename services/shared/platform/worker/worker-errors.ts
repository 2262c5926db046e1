import { MeshError } from '../../kernel/mesh-error.ts';

/** Gives UNAVAILABLE / DRAINING for a worker that takes nothing new. */
export function drainingError(name: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'DRAINING',
    message: `worker ${name} is stopping and takes nothing new`,
    retry: { kind: 'elsewhere' },
  });
}

/** Gives RESOURCE_EXHAUSTED / QUEUE_FULL for a worker that holds as many tasks as it may. */
export function fullError(name: string, tasksMax: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'QUEUE_FULL',
    message: `worker ${name} holds ${tasksMax} tasks and takes no more`,
    retry: { kind: 'after', delayMs: 10 },
  });
}

/** Gives INTERNAL / INFERENCE_FAILED for a worker that ended while it ran a task. */
export function diedError(name: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'INFERENCE_FAILED',
    message: `worker ${name} died while it ran a task`,
    cause,
  });
}

/** Gives UNAVAILABLE / WORKER_STUCK for a worker whose task did not come back. */
export function stuckError(name: string, limitMs: number): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'WORKER_STUCK',
    message: `a task of worker ${name} did not come back within ${limitMs} ms; its process must be replaced`,
    retry: { kind: 'elsewhere' },
  });
}
