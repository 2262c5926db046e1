import { ProcessWorker, type ProcessWorkerOptions } from './process-worker.ts';

/** What one request in a process of its own takes. */
export type ProcessRun = Pick<
  ProcessWorkerOptions<never>,
  'name' | 'file' | 'workerData' | 'environment' | 'stuckMsMax' | 'clock'
>;

/** An idle process ends in milliseconds. */
const stopMsMax = 1_000;

/**
 * Runs one request in a process that ends with it, where a failure or what is left in memory is to touch nothing else.
 * @throws {MeshError} UNAVAILABLE / WORKER_STUCK after `stuckMsMax`; INTERNAL / INFERENCE_FAILED when the process dies; and whatever the worker gives.
 */
export async function runInProcess<Request, Reply>(
  run: ProcessRun,
  request: Request,
): Promise<Reply> {
  const worker = new ProcessWorker<Request, Reply>({
    ...run,
    queueTasksMax: 1,
    onStuck: () => undefined,
  });
  try {
    return await worker.run(request);
  } finally {
    await worker.stop(stopMsMax);
  }
}
